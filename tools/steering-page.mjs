import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const introduction = `# What an order can be told, and when

People and systems outside steer an order by messages. In Temporal each of them is an update of the order's workflow; over HTTP it is a \`POST\` ([API](api.md)). The workflow alone decides: it takes a message, or refuses it with the state that the order is in. A refusal leaves no trace in the history, and changes nothing.

This page is printed from \`src/domain/steering.ts\` by \`npm run docs:steering\`, and \`test/workflows/steering.workflow.test.ts\` sends every message at every stage. The workflow reads the same table.
`;

const remarks = `## What the table does not show

- \`resolveAttention\` names an item. It is taken while that item is open, once: the same decision of the same person is taken again without an effect, another one is refused.
- An answer that was given is not given twice: a second \`approveOrder\`, \`decideShortage\` or \`retryPayment\` is refused while the first is carried out.
- A cancel stops the order at once: \`order.cancel_requested\` stands in the timeline and \`stage\` is \`cancel\`, also while a provider hangs. The attempt that is running ends first, within 10 s at the most, so that its outcome is known. It makes no difference whether the cancel comes through the API or through \`temporal\`.
- Once a label is bought, the carrier is asked before anything is taken back ([why](decisions/0019-the-carrier-is-asked-first.md)). When the parcel has left, the cancel is refused with the reason \`parcel_left\`, and the order goes on. Of several parcels those that come back are refunded and their goods released, the others go on, and the answer says which.
- A cancel is refused from the moment in which the workflow knows that a parcel has left, whatever the other parcels are waiting for. A cancel that is repeated while the first one is carried out gets the same answer.
- The same cancel by signal (\`cancel\`, for the \`temporal\` CLI) has no answer; a refusal stands in the timeline as \`order.cancel_refused\`.
- Signals of carriers and payment providers (\`carrierEvent\`, \`paymentEvent\`) are taken at every stage. Those about parcels or payments of another order have no effect.
- A [choreographed order](choreography.md) has no workflow: it takes a cancel alone, as an event, and refuses all else.
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
  return section('Which stage takes which message', [head, ...rows]);
}

function section(title, [head, ...rows]) {
  const line = (row) => `| ${row.join(' | ')} |`;
  const rule = head.map(() => '---');
  return `## ${title}\n\n${[head, rule, ...rows].map(line).join('\n')}\n`;
}

const code = (name) => `\`${name}\``;
