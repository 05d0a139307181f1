import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tryLock } from '../../tools/folder-lock.mjs';
import { endLeftovers, readStatus, removeStatus, writeStatus, type Status } from './status-file.js';
import { databaseAccount } from './postgres/account.js';
import { dataFolder } from './postgres/cluster.js';
import { commandLine, isRunning } from './process-identity.js';
import { temporalFile } from './stores.js';

/** Another supervisor works in this folder. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
  constructor(readonly status: Status | undefined) {
    super('Another supervisor runs in this folder already.');
  }
}

export interface Claim {
  /** An absolute path. */
  readonly stateDir: string;
  readonly supervisor: Status['supervisor'];
  /** Removes the status and lets the next supervisor in. */
  release(): void;
}

/**
 * Takes the state folder for this process, and ends what an earlier supervisor left running there.
 * @param fresh also deletes the data of earlier starts
 * @throws AlreadyRunningError
 */
export async function claimState(folder: string, { fresh }: { fresh: boolean }): Promise<Claim> {
  const stateDir = resolve(folder);
  mkdirSync(stateDir, { recursive: true });
  const before = readStatus(stateDir);
  const unlock = takeLock(stateDir, before);
  try {
    if (before !== undefined) await endLeftovers(stateDir, before);
    if (fresh) forgetData(stateDir);
    const supervisor = thisProcess();
    writeStatus(stateDir, { supervisor });
    return {
      stateDir,
      supervisor,
      release: () => {
        removeStatus(stateDir);
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function takeLock(stateDir: string, status: Status | undefined): () => void {
  const lock = join(stateDir, 'supervisor.lock');
  const attempt = tryLock(lock);
  if (attempt.kind === 'taken') return attempt.release;
  // After a restart of the machine the lock's pid may belong to another process.
  if (status === undefined || isRunning(status.supervisor)) throw new AlreadyRunningError(status);
  rmSync(lock, { recursive: true, force: true });
  const second = tryLock(lock);
  if (second.kind === 'taken') return second.release;
  throw new AlreadyRunningError(status);
}

/** As `status.json` records it. */
export function thisProcess(): Status['supervisor'] {
  const { pid } = process;
  return { pid, command: commandLine(pid) ?? '', started_at: new Date().toISOString() };
}

/** Logs stay: they may show why a fresh start was needed. */
function forgetData(stateDir: string): void {
  const temporal = temporalFile(stateDir);
  const data = dataFolder(stateDir, databaseAccount());
  const secrets = join(stateDir, 'secrets.json');
  for (const file of [data, secrets, temporal, `${temporal}-wal`, `${temporal}-shm`]) {
    rmSync(file, { recursive: true, force: true });
  }
}
