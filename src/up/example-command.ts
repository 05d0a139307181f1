import { examples } from './examples/catalogue.js';
import type { Example } from './examples/example.js';
import type { PlacedOrder } from './examples/placed-order.js';
import { runExample, type ExampleOutcome } from './examples/run-example.js';
import { messageOf } from './part.js';
import { isRunning } from './process-identity.js';
import { readStatus } from './status-file.js';
import { listenForStop } from './stop-signals.js';
import { tableLines, type Paint } from './terminal.js';

export interface ExampleCommand {
  readonly stateDir: string;
  /** Undefined: the names are listed. */
  readonly name: string | undefined;
  readonly print: (line: string) => void;
  readonly paint: Paint;
}

interface StackUrls {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  readonly inboxUrl: string;
}

const wrongUseCode = 2;
const killedCode = 130;

/**
 * Plays an example on the stack that runs here, or lists them all.
 * @returns the exit code: 0 only when the path ended as it is described
 */
export async function exampleCommand(command: ExampleCommand): Promise<number> {
  const { name, print, stateDir } = command;
  if (name === undefined) {
    for (const line of list()) print(line);
    return 0;
  }
  const example = examples.find((known) => known.name === name);
  if (example === undefined) {
    for (const line of [`There is no example ${name}.`, '', ...list()]) print(line);
    return wrongUseCode;
  }
  const urls = runningStack(stateDir);
  if (urls === undefined) {
    print('Nothing runs here. Start it in another terminal with: npm start');
    return 1;
  }
  return play(example, urls, command);
}

const list = (): readonly string[] => [
  'Each example plays one path of an order on the stack that npm start runs:',
  '',
  ...tableLines(examples.map(({ name, summary }) => [`  ${name}`, summary])),
  '',
  'Play one with: npm run example -- plain',
];

/** @returns undefined when there is no stack, or it has no API or no sandbox */
function runningStack(stateDir: string): StackUrls | undefined {
  const status = readStatus(stateDir);
  if (status === undefined || !isRunning(status.supervisor)) return undefined;
  const { api, sandbox } = status;
  if (api?.url === undefined || sandbox?.url === undefined) return undefined;
  return { apiUrl: api.url, sandboxUrl: sandbox.url, inboxUrl: `${sandbox.url}/inbox` };
}

async function play(
  example: Example,
  urls: StackUrls,
  { print, paint }: ExampleCommand,
): Promise<number> {
  print(`${paint.strong(example.name)}: ${example.summary}`);
  print(`${example.story}\n`);
  const stop = new AbortController();
  listenForStop({
    onStop: () => {
      stop.abort(new Error('stopped'));
    },
    onKill: () => process.exit(killedCode),
  });
  const outcome = await runExample(example, { ...urls, print, signal: stop.signal });
  for (const line of verdict(outcome, paint)) print(line);
  if (outcome.order !== undefined)
    for (const line of await whereToLook(outcome.order, urls)) print(line);
  return outcome.differences.length === 0 ? 0 : 1;
}

function verdict({ differences }: ExampleOutcome, paint: Paint): readonly string[] {
  if (differences.length === 0) return [paint.good('As described in docs/paths.md.')];
  return [
    paint.bad('Not as described in docs/paths.md:'),
    ...differences.map((what) => `  ${what}`),
  ];
}

async function whereToLook(order: PlacedOrder, urls: StackUrls): Promise<readonly string[]> {
  try {
    const { status, links } = await order.view();
    const rows = [
      ['  Temporal UI', links.temporal ?? ''],
      ['  Inbox', urls.inboxUrl],
      ['  Timeline', `curl -s ${urls.apiUrl}/v1/orders/${order.id}/timeline`],
    ];
    const book = (await order.payments()).join(', ');
    return [
      `The order is ${status}. The payment provider's book: ${book === '' ? 'nothing' : book}.`,
      '',
      'Look at it:',
      ...tableLines(rows.filter(([, where]) => where !== '')),
    ];
  } catch (error) {
    return [messageOf(error)];
  }
}
