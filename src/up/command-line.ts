import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { inheritedEnvironment } from '../config.js';
import { parseArguments, usage, type ArgumentsOf } from './arguments.js';
import { commandContext, wrongUseCode, type CommandContext } from './command-context.js';
import { downCommand } from './down-command.js';
import type { StackOptions } from './stack.js';
import { showStatus } from './status-command.js';

export interface CommandLine {
  readonly argv: readonly string[];
  /** The script that runs this; `--detach` starts it once more. */
  readonly script: string;
  /** Scripts that replace those of roles; for tests. */
  readonly roleScripts?: StackOptions['scripts'];
}

/**
 * Runs one command to its end.
 * @returns the exit code of the process
 * @throws ConfigError
 */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const args = parseArguments(line.argv);
  const context = commandContext();
  switch (args.kind) {
    case 'start':
      return start(args, line, context);
    case 'status':
      return showStatus({ ...context, json: args.json });
    case 'down':
      return downCommand(context);
    case 'listen': {
      const { listenCommand } = await import('./listen/listen-command.js');
      return listenCommand({ ...context, ...args });
    }
    case 'dead-letters': {
      const { deadLettersCommand } = await import('./dead-letters-command.js');
      return deadLettersCommand({ ...context, ...args });
    }
    case 'rebuild': {
      const { rebuildCommand } = await import('./rebuild-command.js');
      return rebuildCommand({ ...context, team: args.team });
    }
    case 'help':
      context.print(usage);
      return 0;
    case 'invalid':
      context.print(`${args.message}\n\n${usage}`);
      return wrongUseCode;
  }
}

async function start(
  args: ArgumentsOf<'start'>,
  line: CommandLine,
  context: CommandContext,
): Promise<number> {
  if (args.detach && !args.background) return detach(line, context);
  // Loaded only here: the Temporal client would make every `status` wait.
  const { startCommand } = await import('./start-command.js');
  return startCommand({
    ...context,
    args,
    scripts: line.roleScripts ?? {},
    print: (line) => {
      context.print(line);
      if (args.background) sendToParent({ type: 'line', line });
    },
    onReady: () => {
      sendToParent({ type: 'ready' });
    },
  });
}

/**
 * Starts the supervisor in the background and shows what it prints until everything is ready.
 * @returns the exit code
 */
function detach(
  { script, argv }: CommandLine,
  { stateDir, print }: CommandContext,
): Promise<number> {
  const logs = join(stateDir, 'logs');
  mkdirSync(logs, { recursive: true });
  const log = openSync(join(logs, 'supervisor.log'), 'a');
  const child = spawn(process.execPath, [script, ...argv, '--background'], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...inheritedEnvironment() },
  });
  closeSync(log);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill());
  return new Promise((resolve) => {
    child.once('error', (error) => {
      print(error.message);
      resolve(1);
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
    child.on('message', (message: BackgroundMessage) => {
      if (message.type === 'line') {
        print(message.line);
        return;
      }
      print('It runs in the background. See it with: npm run status; end it with: npm run down');
      child.disconnect();
      child.unref();
      resolve(0);
    });
  });
}

/** What the supervisor in the background sends to the command that started it. */
type BackgroundMessage =
  { readonly type: 'line'; readonly line: string } | { readonly type: 'ready' };

/** Only a supervisor in the background has a parent that listens, and not for long. */
function sendToParent(message: BackgroundMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
