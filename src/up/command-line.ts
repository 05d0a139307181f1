import { resolve } from 'node:path';
import { upConfig } from '../config.js';
import { parseArguments, usage, type StartArguments } from './arguments.js';
import { detach, type BackgroundMessage } from './detach.js';
import { downCommand } from './down-command.js';
import { defaultStateDir } from './repository.js';
import type { StackOptions } from './stack.js';
import type { Screen } from './start-command.js';
import { showStatus } from './status-command.js';
import { createPaint } from './terminal.js';

export interface CommandLine {
  readonly argv: readonly string[];
  /** The script that runs this; `--detach` starts it once more. */
  readonly script: string;
  /** Scripts that stand in for roles; for tests. */
  readonly roleScripts?: StackOptions['scripts'];
}

interface Place extends Screen {
  readonly stateDir: string;
}

const wrongUseCode = 2;

/**
 * Runs one command to its end.
 * @returns the exit code of the process
 * @throws ConfigError
 */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const args = parseArguments(line.argv);
  const config = upConfig();
  const isColoured = process.stdout.isTTY && config.NO_COLOR === undefined;
  const place: Place = {
    stateDir: resolve(config.ORDERS_STATE_DIR ?? defaultStateDir),
    print,
    paint: createPaint(isColoured),
  };
  switch (args.kind) {
    case 'start':
      return start(args, line, place);
    case 'status':
      return showStatus({ ...place, json: args.json });
    case 'down':
      return downCommand(place);
    case 'example':
      return example(args.name, place);
    case 'listen': {
      const { listenCommand } = await import('./listen/listen-command.js');
      return listenCommand({ ...place, ...args });
    }
    case 'dead-letters': {
      const { deadLettersCommand } = await import('./dead-letters-command.js');
      return deadLettersCommand({ ...place, ...args });
    }
    case 'rebuild': {
      const { rebuildCommand } = await import('./rebuild-command.js');
      return rebuildCommand({ ...place, team: args.team });
    }
    case 'help':
      print(usage);
      return 0;
    case 'invalid':
      print(`${args.message}\n\n${usage}`);
      return wrongUseCode;
  }
}

async function start(args: StartArguments, line: CommandLine, place: Place): Promise<number> {
  if (args.detach && !args.background) return detach({ ...place, ...line });
  // Loaded only here: the Temporal client would make every `status` wait.
  const { startCommand } = await import('./start-command.js');
  return startCommand({
    ...place,
    args,
    scripts: line.roleScripts ?? {},
    print: args.background ? printAndTell : print,
    onSettled: () => {
      tell({ type: 'settled' });
    },
  });
}

async function example(name: string | undefined, place: Place): Promise<number> {
  const { exampleCommand } = await import('./example-command.js');
  return exampleCommand({ ...place, name });
}

function print(line: string): void {
  console.log(line);
}

function printAndTell(line: string): void {
  print(line);
  tell({ type: 'line', line });
}

/** Only a supervisor in the background has somebody to tell, and only for as long as he listens. */
function tell(message: BackgroundMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
