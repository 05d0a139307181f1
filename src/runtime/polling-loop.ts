import { setTimeout as sleep } from 'node:timers/promises';

export interface Stoppable {
  /** Waits for what runs to end. */
  stop(): Promise<void>;
}

export interface PollingLoop extends Stoppable {
  /** Ends the pause. During a round: the next one begins without a pause. */
  wake(): void;
}

export interface PollingLoopOptions {
  /**
   * Must end soon when the signal is aborted: `stop` waits for it.
   * @returns whether more is waiting, so that the next round begins at once; or after how many milliseconds
   * it begins, whether or not there is a wake
   */
  readonly round: (stopped: AbortSignal) => Promise<boolean | number>;
  /** The pause after a round that found nothing more. */
  readonly pollMs: number;
  /** The least pause after such a round: what arrives meanwhile is taken together. */
  readonly lingerMs?: number;
  /** The longest pause after failures in a row. */
  readonly retryCapMs?: number;
  /** Subscribes `wake` to a source. @returns the unsubscription */
  readonly onWake?: (wake: () => void) => () => void;
  /** A round failed; the loop continues after a pause that grows. */
  readonly onError: (error: unknown) => void;
}

const firstRetryMs = 100;

/** Runs rounds, one at a time, until it is stopped; no failure ends it. */
export function startPollingLoop({
  round,
  pollMs,
  lingerMs = 0,
  retryCapMs = 5_000,
  onWake,
  onError,
}: PollingLoopOptions): PollingLoop {
  const stopped = new AbortController();
  let isAwake = false;
  let endPause: (() => void) | undefined;
  let failures = 0;

  const wake = (): void => {
    isAwake = true;
    endPause?.();
  };
  const unsubscribe = onWake?.(wake);

  async function attempt(): Promise<boolean | number> {
    try {
      const hasMore = await round(stopped.signal);
      failures = 0;
      return hasMore;
    } catch (error) {
      failures += 1;
      if (!stopped.signal.aborted) onError(error);
      return false;
    }
  }

  async function linger(): Promise<void> {
    if (lingerMs > 0) await pause(lingerMs, stopped.signal);
  }

  /** Wakes do not end the pause after a failure: they would hammer what failed. */
  async function rest(): Promise<void> {
    const ended = new AbortController();
    const end = (): void => {
      ended.abort();
    };
    if (failures === 0) endPause = end;
    stopped.signal.addEventListener('abort', end);
    if (!stopped.signal.aborted) await pause(pauseMs(), ended.signal);
    stopped.signal.removeEventListener('abort', end);
    endPause = undefined;
  }

  const pauseMs = (): number =>
    failures === 0 ? pollMs : jittered(Math.min(retryCapMs, firstRetryMs * 2 ** failures));

  const mayRest = (): boolean => !isAwake || failures > 0;

  const running = (async () => {
    while (!stopped.signal.aborted) {
      isAwake = false;
      const more = await attempt();
      if (typeof more === 'number') await pause(more, stopped.signal);
      if (more !== false) continue;
      await linger();
      if (mayRest()) await rest();
    }
    unsubscribe?.();
  })();

  return {
    wake,
    stop: () => {
      stopped.abort();
      return running;
    },
  };
}

/** Between half of it and all of it. */
const jittered = (ms: number): number => ms * (0.5 + Math.random() / 2);

const pause = (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
