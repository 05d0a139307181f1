import { spawn } from 'node:child_process';
import { inheritedEnvironment, upConfig } from '../config.js';
import type { CommandContext } from './command-context.js';
import { builtScript } from './folders.js';
import { readStatus } from './status-file.js';

export interface RebuildCommand extends CommandContext {
  /** Undefined: the names are listed. */
  readonly team: string | undefined;
}

/**
 * Rebuilds what a team keeps, in the database of the stack that runs here or in DATABASE_URL.
 * @returns the exit code
 */
export function rebuildCommand({ stateDir, team, print }: RebuildCommand): Promise<number> {
  const databaseUrl = upConfig().DATABASE_URL ?? readStatus(stateDir)?.database_url;
  if (databaseUrl === undefined) {
    print('Nothing runs here, and there is no DATABASE_URL. Start it with: npm start');
    return Promise.resolve(1);
  }
  const script = builtScript('workers/rebuild-main.js');
  const child = spawn(process.execPath, [script, ...(team === undefined ? [] : [team])], {
    stdio: 'inherit',
    env: { ...inheritedEnvironment(), DATABASE_URL: databaseUrl },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
