import { parseArguments, usage, type StartArguments } from './arguments.js';
import { commandContext, wrongUseCode, type CommandContext } from './command-context.js';
import { detach, type BackgroundMessage } from './detach.js';
import { downCommand } from './down-command.js';
import type { StackOptions } from './stack.js';
import { showStatus } from './status-command.js';

export interface CommandLine {
  readonly argv: readonly string[];
  /** The script that runs this; `--detach` starts it once more. */
  readonly script: string;
  /** Scripts that stand in for roles; for tests. */
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
  args: StartArguments,
  line: CommandLine,
  context: CommandContext,
): Promise<number> {
  if (args.detach && !args.background) return detach({ ...context, ...line });
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

/** Only a supervisor in the background has a parent that listens, and not for long. */
function sendToParent(message: BackgroundMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
