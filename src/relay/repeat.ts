import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `round` again and again, one at a time, with a pause between two rounds.
 * @param round must not throw
 * @returns `stop`, which waits for the round that runs
 */
export function repeat(
  round: () => Promise<void>,
  pauseMs: number,
): { readonly stop: () => Promise<void> } {
  const stopped = new AbortController();
  const rounds = (async () => {
    while (!stopped.signal.aborted) {
      await round();
      await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: () => {
      stopped.abort();
      return rounds;
    },
  };
}
