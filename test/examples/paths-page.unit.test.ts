import { format } from 'prettier';
import { expect, test } from 'vitest';
import { exampleGroups, examples } from '../../examples/catalogue.js';
import type { Example } from '../../examples/player/example.js';
import type { Expected, Step } from '../../examples/player/expectation.js';
import { serviceLevels } from '../../src/domain/service-level.js';
import { tableLines } from '../../src/up/terminal.js';

const introduction = `# Paths

Every path that an order can take, each as an example that runs against the stack of \`npm start\`. An example plays its path by the public HTTP API and the sandbox's control API, prints the timeline as it happens, and ends with exit code 0 only when everything went as described here.

\`\`\`sh
npm run example
npm run example -- plain
\`\`\`

The first command lists the examples. Lines that begin with \`>\` are what the example asks for; all others are facts of the order's timeline. Every run places an order of its own for a customer of its own, removes its faults at the end, and can be repeated and run beside others.

This page and the examples come from one source (\`examples/\`), and a test plays every example and compares it with this description: the facts in their order, what happens beside them, the order's final state, and the sandbox's own ledger of payments. Facts in columns are concurrent; each column keeps its order. What is listed as beside the main line, such as mails and scans, may happen at any moment.

Unless it says otherwise, the order is that of the README: two packets of tea for 17.80 EUR, for a member in Berlin. If a deadline ends the order, it has the service level \`demo\`, whose seconds replace the days of \`standard\` (\`src/domain/service-level.ts\`).
`;

/** docs/paths.md, from what the examples themselves are compared with. */
async function pathsPage(): Promise<string> {
  const groups = exampleGroups.flatMap(({ title, examples }) => [
    `## ${title}`,
    ...examples.map(section),
  ]);
  const page = [introduction, contents(), ...groups].join('\n\n');
  return format(page, { parser: 'markdown', printWidth: 100, singleQuote: true });
}

const contents = (): string =>
  [
    '| example | what it shows |',
    '| --- | --- |',
    ...exampleGroups.flatMap(({ examples }) =>
      examples.map(({ name, summary }) => `| [${name}](#${name}) | ${summary} |`),
    ),
  ].join('\n');

const section = ({ name, summary, story, expected }: Example): string => `### ${name}

${summary[0]!.toUpperCase()}${summary.slice(1)}. ${story}

\`\`\`text
${expected.line.flatMap(linesOf).join('\n')}
\`\`\`

${sentences(expected).join(' ')}
`;

function linesOf(step: Step): readonly string[] {
  if (typeof step === 'string') return [step];
  const columns = step.sideBySide;
  const height = Math.max(...columns.map((column) => column.length));
  const rows = Array.from({ length: height }, (_, row) =>
    columns.map((column, index) => `${index === 0 ? '   ' : '| '}${column[row] ?? ''}`),
  );
  return tableLines(rows);
}

function sentences(expected: Expected): readonly string[] {
  const { beside, maybe = [], payments } = expected;
  const { status, payment_status, fulfillment_status } = expected;
  const may = maybe.length === 0 ? '' : `, and, if the order does not end first, ${listed(maybe)}`;
  const ledger = payments.length === 0 ? 'nothing' : payments.join(', ');
  return [
    `Beside it: ${listed(beside)}${may}.`,
    `In the end the order is \`${status}\`, its payment \`${payment_status}\`, its goods \`${fulfillment_status}\`.`,
    `The payment provider's ledger: ${ledger}.`,
  ];
}

function listed(labels: readonly string[]): string {
  return [...new Set(labels)]
    .map((label) => {
      const times = labels.filter((other) => other === label).length;
      return times === 1 ? `\`${label}\`` : `\`${label}\` (${times} times)`;
    })
    .join(', ');
}

test('docs/paths.md is what the examples are compared with; npm run docs:paths writes it anew', async () => {
  await expect(await pathsPage()).toMatchFileSnapshot('../../docs/paths.md');
});

test('every example has a name of its own', () => {
  const names = examples.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

const { demo, standard } = serviceLevels;
const seconds = (ms: number) => `${ms / 1_000} seconds`;
const hours = (ms: number) => ms / 3_600_000;

test.each([
  [
    'approval-expired',
    `${seconds(demo.approval.remindMs)} (${hours(standard.approval.remindMs)} hours`,
    `after ${demo.approval.expireMs / 1_000} the order ends`,
  ],
  [
    'late-parcel',
    `${seconds(demo.handOver.warnMs)} (${hours(standard.handOver.warnMs)} hours`,
    `after ${demo.handOver.escalateMs / 1_000} a person`,
  ],
  ['silent-parcel', `${seconds(demo.delivery.giveUpMs)} it counts as lost`],
  [
    'shortage-question',
    `${seconds(demo.shortage.remindMs)} (${hours(standard.shortage.remindMs)} hours`,
  ],
  [
    'three-d-secure-unanswered',
    `${seconds(demo.payment.confirmMs)} (${hours(standard.payment.confirmMs)} hour`,
  ],
  ['stuck-refund', `${seconds(demo.undoMs)} (${standard.undoMs / 60_000} minutes`],
])('the story of %s gives the deadlines that the code has', (name, ...deadlines) => {
  const { summary, story } = examples.find((example) => example.name === name)!;
  for (const deadline of deadlines) expect(`${summary} ${story}`).toContain(deadline);
});
