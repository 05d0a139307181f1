import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { inheritedEnvironment } from '../config.js';
import type { CommandContext } from './command-context.js';

/** What the supervisor in the background sends to the command that started it. */
export type BackgroundMessage =
  { readonly type: 'line'; readonly line: string } | { readonly type: 'ready' };

export interface DetachOptions extends CommandContext {
  readonly script: string;
  readonly argv: readonly string[];
}

/**
 * Starts the supervisor in the background and shows what it prints until everything is ready.
 * @returns the exit code
 */
export function detach({ script, argv, stateDir, print }: DetachOptions): Promise<number> {
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
