import { setTimeout as sleep } from 'node:timers/promises';

export interface Loop {
  /** Lets the round that runs come to its end. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  /** @returns whether more is waiting, so that the next round begins at once */
  readonly round: () => Promise<boolean>;
  /** The pause after a round that found nothing more, unless somebody wakes the loop. */
  readonly pollMs: number;
  /** How long it rests after such a round at the least, so that what comes close together is taken together. */
  readonly lingerMs?: number;
  /** Hands out the loop's alarm. @returns takes it back */
  readonly onWake?: (wake: () => void) => () => void;
  /** A round failed; the loop goes on after a pause that grows. */
  readonly onError: (error: unknown) => void;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Runs rounds, one at a time, until it is stopped; no failure ends it. */
export function startLoop({ round, pollMs, lingerMs = 0, onWake, onError }: LoopOptions): Loop {
  const stopped = new AbortController();
  let isAwake = false;
  let alarm: (() => void) | undefined;
  const unsubscribe = onWake?.(() => {
    isAwake = true;
    alarm?.();
  });
  let failures = 0;

  async function attempt(): Promise<boolean> {
    try {
      const hasMore = await round();
      failures = 0;
      return hasMore;
    } catch (error) {
      failures += 1;
      onError(error);
      return false;
    }
  }

  async function linger(): Promise<void> {
    if (lingerMs === 0 || stopped.signal.aborted) return;
    await quietly(sleep(lingerMs, undefined, { signal: stopped.signal }));
  }

  /** A loop that fails is not woken: what it failed at would be hammered. */
  async function rest(): Promise<void> {
    const pause = new AbortController();
    const end = (): void => {
      pause.abort();
    };
    if (failures === 0) alarm = end;
    stopped.signal.addEventListener('abort', end);
    if (!stopped.signal.aborted) await quietly(sleep(pauseMs(), undefined, pause));
    stopped.signal.removeEventListener('abort', end);
    alarm = undefined;
  }

  const pauseMs = (): number =>
    failures === 0 ? pollMs : jittered(Math.min(longestPauseMs, firstPauseMs * 2 ** failures));

  const mayRest = (): boolean => !isAwake || failures > 0;

  const running = (async () => {
    while (!stopped.signal.aborted) {
      isAwake = false;
      const hasMore = await attempt();
      if (!hasMore) await linger();
      if (!hasMore && mayRest()) await rest();
    }
    unsubscribe?.();
  })();

  return {
    stop: () => {
      stopped.abort();
      return running;
    },
  };
}

/** Between half of it and all of it. */
const jittered = (ms: number): number => ms * (0.5 + Math.random() / 2);

const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);
