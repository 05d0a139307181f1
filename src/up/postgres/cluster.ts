import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { chown, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { commandLine, endProcess } from '../process-identity.js';
import { canReach, firstReachable, privateFolder, type Account } from './account.js';
import type { PostgresBinaries } from './binaries.js';

const run = promisify(execFile);
const initLimitMs = 120_000;
const leftoverGraceMs = 10_000;

/** The superuser of an embedded cluster. */
export const clusterUser = 'postgres';

/**
 * Where the data lies: in the state folder, or, when that is below a folder that the account may
 * not enter (root's home), in a place of the machine that is named after the state folder.
 */
export function dataFolder(stateDir: string, account: Account | undefined): string {
  if (canReach(stateDir, account)) return join(stateDir, 'postgres');
  const name = createHash('sha256').update(resolve(stateDir)).digest('hex').slice(0, 16);
  const places = ['/var/lib/durable-orders', join(tmpdir(), 'durable-orders')];
  const place = firstReachable(places, account);
  if (place === undefined) {
    throw new Error(`Postgres has no place for its data: ${[stateDir, ...places].join(', ')}.`);
  }
  return join(place, `postgres-${name}`);
}

export interface Cluster {
  readonly binaries: PostgresBinaries;
  readonly data: string;
  readonly password: string;
  readonly account: Account | undefined;
}

/** Makes the cluster unless it is there. It gets its name only when it is complete. */
export async function ensureCluster(cluster: Cluster): Promise<void> {
  if (existsSync(join(cluster.data, 'PG_VERSION'))) return;
  const making = `${cluster.data}.making`;
  await rm(making, { recursive: true, force: true });
  await rm(cluster.data, { recursive: true, force: true });
  privateFolder(making, cluster.account);
  await initialise(cluster, making);
  await rename(making, cluster.data);
}

/**
 * Ends a Postgres that a crash left running on this data, and removes a pid file whose pid belongs
 * to another program by now: Postgres itself would take that for a running server.
 */
export async function clearLeftover(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  const command = commandLine(pid);
  if (command === undefined) return;
  if (command.includes(data)) await endProcess({ pid, command }, 'SIGINT', leftoverGraceMs);
  else rmSync(file, { force: true });
}

async function initialise(cluster: Cluster, data: string): Promise<void> {
  const { account, password, binaries } = cluster;
  const folder = await mkdtemp(join(tmpdir(), 'durable-orders-'));
  const passwordFile = join(folder, 'password');
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (account !== undefined) {
      for (const path of [folder, passwordFile]) await chown(path, account.uid, account.gid);
    }
    await run(binaries.initdb, initArguments(data, passwordFile), {
      cwd: folder,
      timeout: initLimitMs,
      ...account,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The built-in locale, so that order and case of text are the same on every machine. */
const initArguments = (data: string, passwordFile: string): string[] => [
  `--pgdata=${data}`,
  `--username=${clusterUser}`,
  `--pwfile=${passwordFile}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-sync',
  '--no-instructions',
];
