import { parseArgs } from 'node:util';
import {
  commandContext,
  nothingRuns,
  runCommand,
  wrongUseCode,
  type CommandContext,
} from '../src/up/command-context.js';
import { messageOf } from '../src/up/part.js';
import { runningStatus } from '../src/up/status-file.js';
import { stopSignal } from '../src/up/stop-signals.js';
import { bad, good, strong, tableLines } from '../src/up/terminal.js';
import { examples } from './catalogue.js';
import { type Example, runExample, type ExampleOutcome } from './player/example.js';
import type { PlacedOrder } from './player/placed-order.js';

interface StackUrls {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
}

/**
 * Plays an example on the stack that runs here, or lists them all.
 * @returns the exit code: 0 only when the path ended as it is described
 */
async function exampleCommand(argv: string[], context: CommandContext): Promise<number> {
  const { print, stateDir } = context;
  const { positionals, refusal } = argumentsOf(argv);
  const [name] = positionals;
  const example = examples.find((known) => known.name === name);
  if (example === undefined) {
    if (refusal !== undefined) print(`${refusal}\n`);
    else if (name !== undefined) print(`There is no example ${name}.\n`);
    for (const line of list()) print(line);
    return refusal === undefined && name === undefined ? 0 : wrongUseCode;
  }
  const { api, sandbox } = runningStatus(stateDir) ?? {};
  if (api?.url === undefined || sandbox?.url === undefined) {
    print(nothingRuns);
    return 1;
  }
  return play(example, { apiUrl: api.url, sandboxUrl: sandbox.url }, context);
}

function argumentsOf(args: string[]): { positionals: string[]; refusal?: string } {
  try {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    if (positionals.length <= 1) return { positionals };
    return { positionals: [], refusal: `What is ${positionals.slice(1).join(' ')}?` };
  } catch (error) {
    return { positionals: [], refusal: messageOf(error) };
  }
}

const list = (): readonly string[] => [
  'Each example plays one path of an order on the stack that npm start runs:',
  '',
  ...tableLines(examples.map(({ name, summary }) => [`  ${name}`, summary])),
  '',
  'Play one with: npm run example -- plain',
];

async function play(example: Example, urls: StackUrls, { print }: CommandContext): Promise<number> {
  print(`${strong(example.name)}: ${example.summary}`);
  print(`${example.story}\n`);
  const outcome = await runExample(example, { ...urls, print, signal: stopSignal() });
  for (const line of verdict(outcome)) print(line);
  if (outcome.order !== undefined)
    for (const line of await whereToLook(outcome.order, urls)) print(line);
  return outcome.differences.length === 0 ? 0 : 1;
}

function verdict({ differences }: ExampleOutcome): readonly string[] {
  if (differences.length === 0) return [good('As described in docs/paths.md.')];
  return [bad('Not as described in docs/paths.md:'), ...differences.map((what) => `  ${what}`)];
}

async function whereToLook(
  order: PlacedOrder,
  { apiUrl, sandboxUrl }: StackUrls,
): Promise<readonly string[]> {
  try {
    const { status, links } = await order.view();
    const rows = [
      ['  Temporal UI', links.temporal ?? ''],
      ['  Inbox', `${sandboxUrl}/inbox`],
      ['  Timeline', `curl -s ${apiUrl}/v1/orders/${order.id}/timeline`],
    ];
    const payments = (await order.payments()).join(', ');
    return [
      `The order is ${status}. The payment provider's ledger: ${payments || 'nothing'}.`,
      '',
      'Look at it:',
      ...tableLines(rows.filter(([, where]) => where !== '')),
    ];
  } catch (error) {
    return [messageOf(error)];
  }
}

await runCommand(() => exampleCommand(process.argv.slice(2), commandContext()));
