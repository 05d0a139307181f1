import { resolve } from 'node:path';
import { ConfigError, upConfig } from '../config.js';
import { defaultStateDir } from './folders.js';
import { messageOf } from './part.js';
import { runningStatus } from './status-file.js';

/** What every command has: the folder of the stack that it is about, and where it prints. */
export interface CommandContext {
  readonly stateDir: string;
  readonly print: (line: string) => void;
}

export const nothingRuns = 'Nothing runs here. Start it in another terminal with: npm start';
export const wrongUseCode = 2;
export const killedCode = 130;

/** @throws ConfigError */
export const commandContext = (): CommandContext => ({
  stateDir: resolve(upConfig().ORDERS_STATE_DIR ?? defaultStateDir),
  print: (line) => {
    console.log(line);
  },
});

/**
 * Does something with the API of the stack that runs here.
 * @returns the exit code: 1 when none runs, or when it fails
 */
export async function withApi(
  { stateDir, print }: CommandContext,
  work: (apiUrl: string) => Promise<void>,
): Promise<number> {
  const apiUrl = runningStatus(stateDir)?.api?.url;
  try {
    if (apiUrl === undefined) throw new Error(nothingRuns);
    await work(apiUrl);
    return 0;
  } catch (error) {
    print(messageOf(error));
    return 1;
  }
}

/** Runs a command to its end and sets the exit code of the process. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exitCode = wrongUseCode;
  }
}
