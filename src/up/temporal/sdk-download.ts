import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '../../config.js';
import { RunningChild, type Exit } from '../child-process.js';
import { describeExit } from '../part.js';
import { builtScript } from '../folders.js';
import { found, missing, type Finding } from './program.js';

interface DownloadLimits {
  readonly firstByteMs: number;
  readonly stallMs: number;
  readonly totalMs: number;
}

export interface DownloadOptions {
  readonly kind: 'cli' | 'test-server';
  readonly version: string;
  /** An empty folder. */
  readonly folder: string;
  readonly environment: Environment;
  readonly script?: string;
  readonly limits?: DownloadLimits;
  readonly signal?: AbortSignal | undefined;
}

const defaultLimits: DownloadLimits = { firstByteMs: 8_000, stallMs: 15_000, totalMs: 600_000 };
const pollMs = 100;
const graceMs = 2_000;

/** The SDK's own download, given up as soon as it no longer moves. */
export async function downloadWithSdk(options: DownloadOptions): Promise<Finding<string>> {
  const { folder, limits = defaultLimits } = options;
  const downloads = join(folder, 'download');
  await mkdir(downloads);
  const child = await launchDownload(options, downloads);
  try {
    const problem = await watchProgress(child, downloads, limits, options.signal);
    const file = await completeFile(downloads);
    if (file === undefined) return missing(problem ?? 'nothing was downloaded');
    await chmod(file, 0o755);
    return found(file);
  } finally {
    await child.stop('SIGKILL', graceMs);
  }
}

function launchDownload(options: DownloadOptions, downloads: string): Promise<RunningChild> {
  const script = options.script ?? builtScript('up/temporal/sdk-download-main.js');
  return RunningChild.launch({
    command: [process.execPath, script, options.kind, downloads, options.version],
    environment: options.environment,
    logFile: join(options.folder, 'download.log'),
    channel: false,
  });
}

/** @returns why the download was given up or failed; undefined when it ended well */
async function watchProgress(
  child: RunningChild,
  folder: string,
  limits: DownloadLimits,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const startedAt = Date.now();
  let exit: Exit | undefined;
  void child.exited.then((value) => (exit = value));
  let bytes = 0;
  let movedAt = startedAt;
  for (;;) {
    signal?.throwIfAborted();
    if (exit !== undefined) return exit.code === 0 ? undefined : failure(child, exit);
    const now = Date.now();
    const size = await sizeOf(folder);
    if (size > bytes) movedAt = now;
    bytes = size;
    if (bytes === 0 && now - startedAt > limits.firstByteMs) return 'no bytes arrived';
    if (bytes > 0 && now - movedAt > limits.stallMs)
      return `the download stalled after ${bytes} bytes`;
    if (now - startedAt > limits.totalMs) return 'the download took too long';
    await delay(pollMs);
  }
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

/** The SDK writes to `<name>.downloading` and takes the ending away when it is complete. */
async function completeFile(folder: string): Promise<string | undefined> {
  const name = (await readdir(folder)).find((entry) => !entry.endsWith('.downloading'));
  return name === undefined ? undefined : join(folder, name);
}
