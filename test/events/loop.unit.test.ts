import { expect, test, vi } from 'vitest';
import { startLoop } from '../../src/events/loop.js';
import { waitFor } from '../support/wait-for.js';

const quiet = { pollMs: 60_000, onError: () => undefined };

/** An alarm that a test rings. */
function anAlarm() {
  const calls = new Set<() => void>();
  return {
    ring: () => {
      for (const call of calls) call();
    },
    listeners: calls,
    onWake: (call: () => void) => {
      calls.add(call);
      return () => calls.delete(call);
    },
  };
}

test('rounds follow at once while more is waiting, and then rest', async () => {
  const answers = [true, true, false];
  const round = vi.fn(() => Promise.resolve(answers.shift() ?? false));
  const loop = startLoop({ ...quiet, round });
  await waitFor('call 3 of round', () => round.mock.calls.length === 3);
  await loop.stop();
  expect(round).toHaveBeenCalledTimes(3);
});

test('what rings while a loop lingers is taken in one round', async () => {
  const alarm = anAlarm();
  const round = vi.fn(() => Promise.resolve(false));
  const loop = startLoop({ ...quiet, round, lingerMs: 100, onWake: alarm.onWake });
  await waitFor('call 1 of round', () => round.mock.calls.length === 1);
  for (let rings = 0; rings < 5; rings += 1) alarm.ring();
  expect(round).toHaveBeenCalledTimes(1);
  await waitFor('call 2 of round', () => round.mock.calls.length === 2);
  await loop.stop();
  expect(round).toHaveBeenCalledTimes(2);
});

test('an alarm ends the rest, and one during a round is not forgotten', async () => {
  const alarm = anAlarm();
  let finish: (() => void) | undefined;
  const round = vi.fn(
    () =>
      new Promise<boolean>((resolve) => {
        finish = () => {
          resolve(false);
        };
      }),
  );
  const loop = startLoop({ ...quiet, round, onWake: alarm.onWake });
  alarm.ring();
  finish?.();
  await waitFor('call 2 of round', () => round.mock.calls.length === 2);
  finish?.();
  await new Promise(setImmediate);
  expect(round).toHaveBeenCalledTimes(2);
  alarm.ring();
  await waitFor('call 3 of round', () => round.mock.calls.length === 3);
  finish?.();
  await loop.stop();
  expect(alarm.listeners.size).toBe(0);
});

test('nobody needs to wake it: it looks by itself after its pause', async () => {
  const round = vi.fn(() => Promise.resolve(false));
  const loop = startLoop({ ...quiet, round, pollMs: 5 });
  await waitFor('call 3 of round', () => round.mock.calls.length > 2);
  await loop.stop();
});

test('a round that fails is reported and tried again, and alarms do not make it hammer', async () => {
  const alarm = anAlarm();
  const onError = vi.fn();
  const round = vi.fn(() => Promise.reject(new Error('away')));
  const loop = startLoop({ ...quiet, round, onError, onWake: alarm.onWake });
  await waitFor('call 1 of onError', () => onError.mock.calls.length === 1);
  for (let n = 0; n < 100; n += 1) {
    alarm.ring();
    await new Promise(setImmediate);
  }
  expect(round.mock.calls.length).toBeLessThan(4);
  await waitFor('call 2 of onError', () => onError.mock.calls.length > 1);
  await loop.stop();
});

test('stopping waits for the round that runs', async () => {
  let isDone = false;
  const loop = startLoop({
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
