import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { lockFolder } from '../../../tools/folder-lock.mjs';
import type { Environment, UpConfig } from '../../config.js';
import { cacheFolder, machineSuffix } from '../folders.js';
import { messageOf } from '../part.js';

const run = promisify(execFile);
const versionLimitMs = 20_000;
const otherMakerLimitMs = 40 * 60_000;

export interface Search {
  readonly config: UpConfig;
  readonly environment: Environment;
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A third-party program, and the places that may have it. */
export interface Program {
  readonly title: string;
  /** The environment variable by which a person names the file. */
  readonly variable: 'TEMPORAL_CLI' | 'TEMPORAL_TEST_SERVER' | 'NATS_SERVER';
  /** How it is called where it is installed. */
  readonly command: string;
  /** Its name in the cache, with the version. */
  readonly cachedAs: string;
  readonly isUsable: (file: string) => Promise<boolean>;
  /** The ways to get it by name, the cheapest first. */
  readonly makers: Readonly<Record<string, Make>>;
  /** What a person can do when no place has it. */
  readonly advice?: readonly string[];
}

/** Makes a program somewhere below an empty folder. @returns where @throws Error saying why not */
type Make = (folder: string) => Promise<string>;

/**
 * Asks the places in order; the first that has the program wins, and the later ones are not asked.
 * @throws Error when the file that a person named does not run, or no place has the program
 */
export async function findProgram(program: Program, search: Search) {
  const { variable, command, isUsable, makers, title, advice = [] } = program;
  const { config, print, signal } = search;
  const named = config[variable];
  if (named !== undefined) {
    if (await isUsable(named)) return { path: named, source: variable };
    throw new Error(`${variable} is ${named}, which does not run.`);
  }
  const target = join(cacheFolder(config), `${program.cachedAs}-${machineSuffix}`);
  const usable = async (file: string) => {
    if (await isUsable(file)) return file;
    throw new Error(`no ${file} that runs`);
  };
  const places: readonly (readonly [source: string, find: () => Promise<string>])[] = [
    ['PATH', async () => usable(await onPath(command, config.PATH))],
    ['cache', () => usable(target)],
    ...Object.entries(makers).map(
      ([name, make]) => [name, () => cachedBuild({ target, isUsable, make, print })] as const,
    ),
  ];
  const tried: string[] = [];
  for (const [source, find] of places) {
    try {
      return { path: await find(), source };
    } catch (error) {
      signal?.throwIfAborted();
      const reason = `${source}: ${messageOf(error)}`;
      tried.push(`  ${reason}`);
      // A first run has no cache: not worth a line.
      if (source in makers) print(`${program.cachedAs}: ${reason}`);
    }
  }
  throw new NoProgramError([`No ${title} was found.`, ...tried, ...advice].join('\n'));
}

class NoProgramError extends Error {}

/** For a program that one can do without. @returns why there is none, in place of its path */
export async function findIfAny(program: Program, search: Search) {
  try {
    return { path: (await findProgram(program, search)).path, reason: '' };
  } catch (error) {
    if (error instanceof NoProgramError) return { path: undefined, reason: error.message };
    throw error;
  }
}

/**
 * The full path of a command, looked up as a shell does.
 * @throws Error when there is none
 */
export async function onPath(command: string, path: string): Promise<string> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, command);
    if (await isExecutable(file)) return file;
  }
  throw new Error(`no ${command} on PATH`);
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

/** True when the program runs at all. */
export const runs = async (program: string): Promise<boolean> =>
  (await versionOf(program)) !== undefined;

interface CacheEntry extends Pick<Program, 'isUsable'>, Pick<Search, 'print'> {
  /** Where the program is when it is complete: it is never written there, only moved there. */
  readonly target: string;
  readonly make: Make;
}

/**
 * Gives the cached program, or makes it and moves it into the cache in one step. A lock keeps two
 * processes from making it at once; the second one finds what the first one made.
 */
export async function cachedBuild({ target, isUsable, make, print }: CacheEntry): Promise<string> {
  const name = basename(target);
  await mkdir(dirname(target), { recursive: true });
  const release = await lockFolder(`${target}.lock`, {
    limitMs: otherMakerLimitMs,
    onWait: (pid) => {
      print(`${name}: waiting for process ${pid ?? '?'}, which is fetching it already`);
    },
  });
  try {
    if (await isUsable(target)) return target;
    await removeAbandoned(dirname(target), `${name}.making-`);
    const folder = await mkdtemp(`${target}.making-`);
    try {
      const made = await make(folder);
      if (!(await isUsable(made))) throw new Error('what was made does not run');
      await rename(made, target);
      return target;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    release();
  }
}

/** Work of a process that was killed; the caller holds the lock, so no process works there now. */
async function removeAbandoned(folder: string, prefix: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
