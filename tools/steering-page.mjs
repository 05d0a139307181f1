import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const introduction = `# What an order can be told, and when

People and other systems steer an order by messages. In Temporal each of them is an update of the workflow; over HTTP it is a \`POST\` ([API](api.md)). Only the workflow decides: it accepts a message, or refuses it with the order's state. A refusal is not in the history, and changes nothing.

This page is printed from \`src/domain/steering.ts\` by \`npm run docs:steering\`, and \`test/workflows/steering.workflow.test.ts\` sends every message at every stage. The workflow reads the same table.
`;

const remarks = `## What the table does not show

- \`resolveAttention\` names an item. It is accepted once, while that item is open: the same decision of the same person is accepted again without an effect, another one is refused.
- A second \`approveOrder\`, \`decideShortage\` or \`retryPayment\` is refused while the first is executed.
- A cancel stops the order at once: \`order.cancel_requested\` is in the timeline and \`stage\` is \`cancel\`, also while a provider hangs. The running attempt ends first, within 10 s, so that its outcome is known. A cancel through the API and one through \`temporal\` do the same.
- Once a label is bought, the carrier is asked before anything is compensated ([why](decisions/0019-the-carrier-is-asked-first.md)). When the parcel has left, the cancel is refused with the reason \`parcel_left\`, and the order continues. Of several parcels those whose label is void are refunded and their goods released, the others continue, and the answer says which.
- A cancel is refused from the moment in which the workflow knows that a parcel has left, whatever the other parcels are waiting for. A cancel that is repeated while the first one is executed gets the same answer.
- The same cancel by signal (\`cancel\`, for the \`temporal\` CLI) has no answer; a refusal is in the timeline as \`order.cancel_refused\`.
- Signals of carriers and payment providers (\`carrierEvent\`, \`paymentEvent\`) are accepted at every stage. Those about parcels or payments of another order have no effect.
- A [choreographed order](choreography.md) has no workflow: it accepts only a cancel, as an event.
`;

export async function steeringPage(table) {
  const config = await resolveConfig(
    fileURLToPath(new URL('../docs/steering.md', import.meta.url)),
  );
  const parts = [introduction, messages(table), stages(table), cells(table), remarks];
  return format(parts.join('\n'), { ...config, parser: 'markdown' });
}

function messages({ steeringMessages, messageMeanings }) {
  const rows = steeringMessages.map((message) => [code(message), messageMeanings[message]]);
  return section('The messages', [['message', 'what it does'], ...rows]);
}

function stages({ accepts, stageMeanings }) {
  const rows = Object.keys(accepts).map((stage) => [code(stage), stageMeanings[stage]]);
  return section('The stages', [['`stage`', 'what the order does, or waits for'], ...rows]);
}

function cells({ accepts, steeringMessages }) {
  const head = ['`stage`', ...steeringMessages.map(code)];
  const rows = Object.entries(accepts).map(([stage, taken]) => [
    code(stage),
    ...steeringMessages.map((message) => (taken.includes(message) ? 'yes' : '–')),
  ]);
  return section('Which stage accepts which message', [head, ...rows]);
}

function section(title, [head, ...rows]) {
  const line = (row) => `| ${row.join(' | ')} |`;
  const rule = head.map(() => '---');
  return `## ${title}\n\n${[head, rule, ...rows].map(line).join('\n')}\n`;
}

const code = (name) => `\`${name}\``;
