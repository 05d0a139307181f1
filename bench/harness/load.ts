import { setTimeout as sleep } from 'node:timers/promises';

/** Keeps `concurrency` of them under way until `count` have ended. */
export const closedLoop = <Result>(
  count: number,
  concurrency: number,
  carry: (index: number) => Promise<Result>,
): Promise<readonly Result[]> => lanes((begun) => begun < count, concurrency, carry);

/** Keeps `concurrency` of them under way for so long; those that are under way then are waited for. */
export function timedLoop<Result>(
  ms: number,
  concurrency: number,
  carry: (index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const untilMs = performance.now() + ms;
  return lanes(() => performance.now() < untilMs, concurrency, carry);
}

async function lanes<Result>(
  isMore: (begun: number) => boolean,
  concurrency: number,
  carry: (index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (isMore(begun)) {
      const index = begun;
      begun += 1;
      results.push(await carry(index));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return results;
}

export async function openLoop<Result>(
  count: number,
  perSecond: number,
  carry: (index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const beganMs = performance.now();
  const results: Promise<Result>[] = [];
  for (let index = 0; index < count; index += 1) {
    await sleepUntil(beganMs + (1_000 * index) / perSecond);
    results.push(awaitedLater(carry(index)));
  }
  return Promise.all(results);
}

/** @param timeMs by performance.now() */
export const sleepUntil = (timeMs: number): Promise<void> =>
  sleep(Math.max(0, timeMs - performance.now()));

/** Its failure is reported when it is awaited; until then it must not count as unhandled. */
export function awaitedLater<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}
