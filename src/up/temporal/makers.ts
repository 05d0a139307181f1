import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { orAborted, waitFor, within } from '../../runtime/deadline.js';
import { RunningChild, type Exit } from '../child-process.js';
import { builtScript, repositoryRoot } from '../folders.js';
import { describeExit } from '../part.js';
import { onPath, type Search } from './program.js';

const buildLimitMs = 30 * 60_000;
const aliveEveryMs = 15_000;
const graceMs = 5_000;

interface ToolRun extends Search {
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly logFile: string;
  readonly limitMs: number;
  /** What it does, to show now and then that it is alive. */
  readonly what: string;
}

/**
 * Runs a long tool to its end.
 * @throws Error saying why it failed
 */
export async function runTool(run: ToolRun): Promise<void> {
  const startedAt = Date.now();
  const child = await RunningChild.launch({ ...run, channel: false });
  const alive = setInterval(() => {
    run.print(`${run.what}, ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }, aliveEveryMs);
  try {
    const exit = await within(orAborted(child.exited, run.signal), run.limitMs, run.what);
    if (exit.code === 0) return;
    throw new Error([describeExit(exit), ...child.tail().slice(-3)].join('; '));
  } finally {
    clearInterval(alive);
    await child.stop('SIGTERM', graceMs);
  }
}

/** Builds a program from the Go module in `tools/<module>`, which pins its version. */
export const buildWithGo =
  (module: string, name: string, source: string, search: Search) =>
  async (folder: string): Promise<string> => {
    const program = join(folder, name);
    const what = `${name}: building it with Go, once`;
    const go = await onPath('go', search.config.PATH);
    search.print(`${what}; 3 to 10 minutes`);
    await runTool({
      ...search,
      command: [go, 'build', '-o', program, source],
      folder: join(repositoryRoot, 'tools', module),
      logFile: join(folder, 'build.log'),
      limitMs: buildLimitMs,
      what,
    });
    return program;
  };

interface Download {
  readonly kind: 'cli' | 'test-server';
  readonly version: string;
  readonly script?: string;
  readonly limits?: { firstByteMs: number; stallMs: number; totalMs: number };
}

const defaultLimits = { firstByteMs: 8_000, stallMs: 15_000, totalMs: 600_000 };

/** The SDK's own download, given up as soon as it no longer moves. */
export const downloadWithSdk =
  ({ kind, version, script, limits = defaultLimits }: Download, search: Search) =>
  async (folder: string): Promise<string> => {
    if (search.config.OFFLINE === '1') throw new Error('OFFLINE=1');
    const downloads = join(folder, 'download');
    await mkdir(downloads);
    const main = script ?? builtScript('up/temporal/sdk-download-main.js');
    const child = await RunningChild.launch({
      command: [process.execPath, main, kind, downloads, version],
      environment: search.environment,
      logFile: join(folder, 'download.log'),
      channel: false,
    });
    try {
      await downloaded(child, downloads, limits, search.signal);
      // The SDK writes to `<name>.downloading` and takes the ending away when it is complete.
      const name = (await readdir(downloads)).find((entry) => !entry.endsWith('.downloading'));
      if (name === undefined) throw new Error('nothing was downloaded');
      await chmod(join(downloads, name), 0o755);
      return join(downloads, name);
    } finally {
      await child.stop('SIGKILL', graceMs);
    }
  };

/** @throws Error saying why the download failed or was given up */
async function downloaded(
  child: RunningChild,
  folder: string,
  limits: typeof defaultLimits,
  signal: AbortSignal | undefined,
): Promise<void> {
  let exit: Exit | undefined;
  void child.exited.then((value) => (exit = value));
  let bytes = 0;
  let movedAt = Date.now();
  const hasEnded = async () => {
    if (exit !== undefined && exit.code !== 0) throw new Error(failure(child, exit));
    const size = await sizeOf(folder);
    if (size > bytes) movedAt = Date.now();
    bytes = size;
    const idleMs = Date.now() - movedAt;
    if (bytes === 0 && idleMs > limits.firstByteMs) throw new Error('no bytes arrived');
    if (bytes > 0 && idleMs > limits.stallMs) {
      throw new Error(`the download stalled after ${bytes} bytes`);
    }
    return exit !== undefined;
  };
  const limit = { what: 'the download', limitMs: limits.totalMs, intervalMs: 100, signal };
  await waitFor(hasEnded, limit);
}

function failure(child: RunningChild, exit: Exit): string {
  const lines = child.tail();
  const reason = lines.find((line) => /error/i.test(line)) ?? lines.at(-1);
  // The SDK's message names the URL several times before it comes to the cause.
  const cause = reason?.replace(/^.*\): /, '').replace(/\]$/, '');
  return cause?.trim() ?? `the download ${describeExit(exit)}`;
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder)).map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
