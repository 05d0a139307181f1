import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The operating system's user that runs Postgres. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const candidates = ['postgres', 'nobody'];

/**
 * Postgres refuses to run as root, and runs as another user then.
 * @returns undefined when it can run as the current user
 * @throws Error when there is no other user
 */
export function databaseAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of candidates) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(`Postgres does not run as root and there is no user ${candidates.join(' or ')}.`);
}

/** True when the account may pass every folder down to this one; the folder itself included. */
export function canReach(folder: string, account: Account | undefined): boolean {
  if (account === undefined) return true;
  const path = resolve(folder);
  if (!mayEnter(path, account)) return false;
  return dirname(path) === path || canReach(dirname(path), account);
}

/** The folder, made if need be, owned by the account and closed to everybody else. */
export function privateFolder(folder: string, account: Account | undefined): void {
  mkdirSync(folder, { recursive: true });
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
}

/** The first of the folders that exists or can be made, and that the account can reach. */
export function firstReachable(
  folders: readonly string[],
  account: Account | undefined,
): string | undefined {
  return folders.find((folder) => isMade(folder) && canReach(folder, account));
}

function isMade(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

function mayEnter(folder: string, { uid, gid }: Account): boolean {
  const { mode, uid: owner, gid: group } = statSync(folder);
  if (owner === uid) return (mode & 0o100) !== 0;
  if (group === gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return Number(execFileSync('id', [flag, name], { stdio: [...stdio], timeout: 5_000 }));
  } catch {
    return undefined;
  }
}
