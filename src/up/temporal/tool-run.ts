import type { Environment } from '../../config.js';
import { RunningChild } from '../child-process.js';
import { describeExit } from '../part.js';
import { orAborted, TimeLimitError, within } from '../../runtime/deadline.js';

export interface ToolRun {
  readonly command: readonly [string, ...string[]];
  readonly environment: Environment;
  readonly folder: string;
  readonly logFile: string;
  readonly limitMs: number;
  /** Called now and then with the seconds gone by, to show that it is alive. */
  readonly onAlive: (elapsedSeconds: number) => void;
  /** Ends the tool early. */
  readonly signal?: AbortSignal | undefined;
}

const aliveEveryMs = 15_000;
const graceMs = 5_000;

/**
 * Runs a long tool to its end.
 * @returns why it failed; undefined when it went well
 */
export async function runTool(run: ToolRun): Promise<string | undefined> {
  const startedAt = Date.now();
  const child = await RunningChild.launch({ ...run, channel: false });
  const alive = setInterval(() => {
    run.onAlive(Math.round((Date.now() - startedAt) / 1000));
  }, aliveEveryMs);
  try {
    const ended = orAborted(child.exited, run.signal);
    const exit = await within(ended, run.limitMs, `${run.command[0]} to finish`);
    return exit.code === 0 ? undefined : [describeExit(exit), ...child.tail().slice(-3)].join('; ');
  } catch (error) {
    if (error instanceof TimeLimitError) return error.message;
    throw error;
  } finally {
    clearInterval(alive);
    await child.stop('SIGTERM', graceMs);
  }
}
