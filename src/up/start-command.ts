import { TimeLimitError } from '../runtime/deadline.js';
import type { ArgumentsOf } from './arguments.js';
import { killedCode, type CommandContext } from './command-context.js';
import { runDemo, type DemoOutcome } from './demo.js';
import { messageOf, PartError } from './part.js';
import { startStack, type Stack, type StackOptions } from './stack.js';
import { AlreadyRunningError } from './state-folder.js';
import { listenForStop } from './stop-signals.js';
import { showStatus } from './status-command.js';
import { bad, dim, strong, tableLines } from './terminal.js';

export interface StartCommand extends CommandContext {
  readonly args: ArgumentsOf<'start'>;
  readonly scripts: NonNullable<StackOptions['scripts']>;
  /** Called when everything is ready and the example order has ended. */
  readonly onReady: () => void;
}

/**
 * Starts the stack and stays until it ends.
 * @returns the exit code of the process
 */
export async function startCommand(command: StartCommand): Promise<number> {
  const breakOff = new AbortController();
  let stack: Stack | undefined;
  listenForStop({
    onStop: () => {
      command.print('Stopping; once more to kill at once.');
      breakOff.abort(new Error('stopped'));
      void stack?.stop();
    },
    onKill: () => {
      stack?.killAtOnce();
      process.exit(killedCode);
    },
  });
  try {
    const { args, ...options } = command;
    const { ports, fresh } = args;
    stack = await startStack({ ...options, ports, fresh, signal: breakOff.signal });
    await showReady(stack, command, breakOff.signal);
    return await untilEnd(stack, command);
  } catch (error) {
    if (breakOff.signal.aborted) {
      command.print('Stopped before everything was ready.');
      return killedCode;
    }
    reportFailure(error, command);
    return 1;
  }
}

async function showReady(stack: Stack, command: StartCommand, signal: AbortSignal): Promise<void> {
  if (signal.aborted) await stack.stop();
  const { print, args } = command;
  for (const line of ['', ...urlTable(stack.urls), '']) print(line);
  const { api } = stack.urls;
  const demo = args.demo && api !== undefined ? await showDemo(stack, api, print) : undefined;
  for (const line of nextCommands(stack, demo?.orderId)) print(line);
  command.onReady();
}

/** The example does not hold up the end of the stack. */
async function showDemo(
  stack: Stack,
  apiUrl: string,
  print: (line: string) => void,
): Promise<DemoOutcome | undefined> {
  const outcome = await Promise.race([
    runDemo({ apiUrl, print }),
    stack.ended.then(() => undefined),
  ]);
  if (outcome !== undefined) print(outcome.summary);
  return outcome;
}

function nextCommands(stack: Stack, orderId: string | undefined): readonly string[] {
  const { api, temporal } = stack.urls;
  if (api === undefined || orderId === undefined) return [];
  const cli = `${stack.temporalCli ?? 'temporal'} workflow show --address ${temporal ?? ''}`;
  const kill = `kill -9 ${stack.pids.worker ?? '<worker>'}`;
  return [
    '',
    'Try next:',
    `  curl -s ${api}/v1/orders/${orderId}/timeline`,
    `  ${cli} -w ${orderId}`,
    '  npm run listen   # every event of every order, as a signed webhook',
    `  ${kill}   # the worker comes back, and no order is lost`,
    '',
  ];
}

async function untilEnd(stack: Stack, { print }: CommandContext): Promise<number> {
  const ending = await stack.ended;
  if (ending.kind === 'stopped') {
    print('Stopped.');
    return 0;
  }
  print(bad(`Everything was stopped: ${ending.reason}.`));
  return 1;
}

function reportFailure(error: unknown, command: StartCommand): void {
  const { print, stateDir } = command;
  print(bad(messageOf(error)));
  if (error instanceof PartError) for (const line of error.tail) print(dim(`    ${line}`));
  if (error instanceof TimeLimitError) print('The logs may tell more: .orders/logs');
  if (error instanceof AlreadyRunningError) showStatus({ stateDir, print, json: false });
}

const labels = [
  ['api', 'API'],
  ['temporal_ui', 'Temporal UI'],
  ['inbox', 'Inbox'],
  ['sandbox', 'Sandbox'],
  ['worker_metrics', 'Worker metrics'],
  ['temporal', 'Temporal'],
  ['database', 'Postgres'],
] as const;

/** One line for each URL that a person may want to open. */
function urlTable(urls: Readonly<Record<string, string>>): readonly string[] {
  const rows = labels.flatMap(([key, label]) => {
    const url = urls[key];
    return url === undefined ? [] : [[label, url]];
  });
  return tableLines(rows).map((line) => `  ${strong(line)}`);
}
