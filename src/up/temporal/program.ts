import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { lockFolder } from '../../../tools/folder-lock.mjs';
import { messageOf } from '../part.js';

const run = promisify(execFile);
const versionLimitMs = 20_000;
const otherMakerLimitMs = 40 * 60_000;

/** The full path of a command, looked up as a shell does; undefined when there is none. */
export async function onPath(command: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, command);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** What `<program> --version` answers; undefined when it does not run. */
export async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, ['--version'], { timeout: versionLimitMs });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

export interface CacheEntry {
  /** Where the program is when it is complete: it is never written there, only moved there. */
  readonly target: string;
  readonly isUsable: (program: string) => Promise<boolean>;
  /** Makes the program somewhere below the empty folder and says where. */
  readonly make: (folder: string) => Promise<Finding<string>>;
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives the cached program, or makes it and moves it into the cache in one step. A lock keeps two
 * processes from making it at once; the second one finds what the first one made.
 */
export async function cachedBuild({
  target,
  isUsable,
  make,
  print,
  signal,
}: CacheEntry): Promise<Finding<string>> {
  const name = basename(target);
  try {
    await mkdir(dirname(target), { recursive: true });
    const release = await lockFolder(`${target}.lock`, {
      limitMs: otherMakerLimitMs,
      onWait: (pid) => {
        print(`${name}: waiting for process ${pid ?? '?'}, which is fetching it already`);
      },
    });
    try {
      return (await isUsable(target)) ? found(target) : await makeAndMove();
    } finally {
      release();
    }
  } catch (error) {
    signal?.throwIfAborted();
    return missing(messageOf(error));
  }

  async function makeAndMove(): Promise<Finding<string>> {
    await removeAbandoned(dirname(target), `${name}.making-`);
    const folder = await mkdtemp(`${target}.making-`);
    try {
      const made = await make(folder);
      if (made.kind === 'missing') return made;
      if (!(await isUsable(made.value))) return missing('what was made does not run');
      await rename(made.value, target);
      return found(target);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Work of a process that was killed; the caller holds the lock, so nobody is at it now. */
async function removeAbandoned(folder: string, prefix: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** The answer of one place that may hold what is looked for. */
export type Finding<Found> =
  | { readonly kind: 'found'; readonly value: Found }
  | { readonly kind: 'missing'; readonly reason: string };

export interface Source<Found> {
  readonly name: string;
  /** @throws Error when the place was named by the user and is wrong */
  readonly find: () => Promise<Finding<Found>>;
}

export interface Miss {
  readonly source: string;
  readonly reason: string;
}

export type Hit<Found> =
  | { readonly kind: 'found'; readonly source: string; readonly value: Found }
  | { readonly kind: 'none'; readonly tried: readonly Miss[] };

export const found = <Found>(value: Found): Finding<Found> => ({ kind: 'found', value });
export const missing = (reason: string): Finding<never> => ({ kind: 'missing', reason });

/** Asks the places in order; the first that has it wins and the later ones are not asked. */
export async function firstHit<Found>(
  sources: readonly Source<Found>[],
  onMiss: (miss: Miss) => void = () => undefined,
): Promise<Hit<Found>> {
  const tried: Miss[] = [];
  for (const { name, find } of sources) {
    const finding = await find();
    if (finding.kind === 'found') return { ...finding, source: name };
    const miss = { source: name, reason: finding.reason };
    tried.push(miss);
    onMiss(miss);
  }
  return { kind: 'none', tried };
}
