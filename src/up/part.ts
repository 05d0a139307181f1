import { RunningChild, type Exit, type Launch } from './child-process.js';
import { orAborted, within } from '../runtime/deadline.js';
import type { Reaper } from './reaper.js';

export const roleNames = ['sandbox', 'worker', 'services', 'relay', 'api'] as const;
export type RoleName = (typeof roleNames)[number];
export const partNames = ['postgres', 'temporal', ...roleNames] as const;
export type PartName = (typeof partNames)[number];

/** One supervised process: how it is launched, when it is ready, how it is ended. */
export interface Part {
  readonly name: PartName;
  /** Parts end in descending order; those of one order end side by side. */
  readonly order: number;
  readonly readyLimitMs: number;
  readonly stopSignal: NodeJS.Signals;
  readonly graceMs: number;
  /** Called before each start, so it also clears what a crash left behind. */
  launch(): Promise<Launch>;
  /** Resolves when the part can be used; the signal is aborted when the wait has ended. */
  ready(child: RunningChild, signal: AbortSignal): Promise<void>;
}

/** A part did not become ready; its last lines of output show why. */
export class PartError extends Error {
  override readonly name = 'PartError';
  constructor(
    message: string,
    readonly tail: readonly string[],
  ) {
    super(message);
  }
}

export interface StartOptions {
  readonly onLaunch?: (child: RunningChild) => void;
  readonly signal?: AbortSignal;
}

/**
 * Launches a part and waits until it is ready.
 * @throws PartError when it ends before, or is not ready within its limit
 */
export async function startPart(part: Part, options: StartOptions = {}): Promise<RunningChild> {
  const child = await RunningChild.launch(await part.launch());
  options.onLaunch?.(child);
  try {
    await whenReady(part, child, options.signal);
    return child;
  } catch (error) {
    const wasBrokenOff = options.signal?.aborted === true;
    await child.stop(wasBrokenOff ? part.stopSignal : 'SIGKILL', part.graceMs);
    throw new PartError(`${part.name}: ${messageOf(error)}`, child.tail());
  }
}

/**
 * Starts a part that is not restarted.
 * @param reaper ends it if this process is killed
 * @throws PartError
 */
export async function startUnsupervised(part: Part, reaper?: Reaper) {
  const child = await startPart(part, { onLaunch: (launched) => reaper?.watch(part, launched) });
  return {
    pid: child.pid,
    stop: async () => {
      await child.stop(part.stopSignal, part.graceMs);
    },
  };
}

/** How a process ended, as it reads in a sentence. */
export const describeExit = ({ code, signal }: Exit): string =>
  signal === null ? `ended with code ${code ?? '?'}` : `was ended by ${signal}`;

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

async function whenReady(part: Part, child: RunningChild, outer?: AbortSignal): Promise<void> {
  const over = new AbortController();
  const signal = outer === undefined ? over.signal : AbortSignal.any([outer, over.signal]);
  const died = child.exited.then((exit) => {
    throw new Error(`${describeExit(exit)} before it was ready`);
  });
  const race = orAborted(Promise.race([part.ready(child, signal), died]), signal);
  try {
    await within(race, part.readyLimitMs, 'it to be ready');
  } finally {
    over.abort(new Error('no longer waited for'));
  }
}
