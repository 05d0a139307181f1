import { expect, test, vi } from 'vitest';
import { createNotifier } from '../../src/runtime/notifier.js';
import { startPollingLoop } from '../../src/runtime/polling-loop.js';
import { waitFor } from '../support/wait-for.js';

const quiet = { pollMs: 60_000, onError: () => undefined };

test('rounds follow without a pause while more is waiting', async () => {
  const answers = [true, true, false];
  const round = vi.fn(() => Promise.resolve(answers.shift() ?? false));
  const loop = startPollingLoop({ ...quiet, round });
  await waitFor('call 3 of round', () => round.mock.calls.length === 3);
  await loop.stop();
  expect(round).toHaveBeenCalledTimes(3);
});

test('a round may say when the next one begins, and no wake begins it sooner', async () => {
  const notifier = createNotifier();
  const answers = [100, false] as const;
  const round = vi.fn(() => Promise.resolve(answers[round.mock.calls.length - 1] ?? false));
  const startedAt = performance.now();
  const loop = startPollingLoop({ ...quiet, round, onWake: notifier.subscribe });
  await waitFor('call 1 of round', () => round.mock.calls.length === 1);
  notifier.notify();
  await waitFor('call 2 of round', () => round.mock.calls.length === 2);
  expect(performance.now() - startedAt).toBeGreaterThan(95);
  await loop.stop();
});

test('wakes during the least pause become one round', async () => {
  const notifier = createNotifier();
  const round = vi.fn(() => Promise.resolve(false));
  const loop = startPollingLoop({ ...quiet, round, lingerMs: 100, onWake: notifier.subscribe });
  await waitFor('call 1 of round', () => round.mock.calls.length === 1);
  for (let n = 0; n < 5; n += 1) notifier.notify();
  expect(round).toHaveBeenCalledTimes(1);
  await waitFor('call 2 of round', () => round.mock.calls.length === 2);
  await loop.stop();
  expect(round).toHaveBeenCalledTimes(2);
});

test('a wake ends the pause, and one during a round starts another round', async () => {
  const notifier = createNotifier();
  const unsubscribed = vi.fn();
  const subscribe = (wake: () => void) => {
    notifier.subscribe(wake);
    return unsubscribed;
  };
  let finish: (() => void) | undefined;
  const round = vi.fn(
    () =>
      new Promise<boolean>((resolve) => {
        finish = () => {
          resolve(false);
        };
      }),
  );
  const loop = startPollingLoop({ ...quiet, round, onWake: subscribe });
  notifier.notify();
  finish?.();
  await waitFor('call 2 of round', () => round.mock.calls.length === 2);
  finish?.();
  await new Promise(setImmediate);
  expect(round).toHaveBeenCalledTimes(2);
  notifier.notify();
  await waitFor('call 3 of round', () => round.mock.calls.length === 3);
  finish?.();
  await loop.stop();
  expect(unsubscribed).toHaveBeenCalledTimes(1);
});

test('without a wake the next round begins after the pause', async () => {
  const round = vi.fn(() => Promise.resolve(false));
  const loop = startPollingLoop({ ...quiet, round, pollMs: 5 });
  await waitFor('call 3 of round', () => round.mock.calls.length > 2);
  await loop.stop();
});

test('a failed round is reported and repeated, and wakes do not shorten the pause before that', async () => {
  const notifier = createNotifier();
  const onError = vi.fn();
  const round = vi.fn(() => Promise.reject(new Error('away')));
  const loop = startPollingLoop({ ...quiet, round, onError, onWake: notifier.subscribe });
  await waitFor('call 1 of onError', () => onError.mock.calls.length === 1);
  for (let n = 0; n < 100; n += 1) {
    notifier.notify();
    await new Promise(setImmediate);
  }
  expect(round.mock.calls.length).toBeLessThan(4);
  await waitFor('call 2 of onError', () => onError.mock.calls.length > 1);
  await loop.stop();
});

test('stopping waits for the running round', async () => {
  let isDone = false;
  const loop = startPollingLoop({
    ...quiet,
    round: async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      isDone = true;
      return true;
    },
  });
  await loop.stop();
  expect(isDone).toBe(true);
});
