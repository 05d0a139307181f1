import { expect, test, vi } from 'vitest';
import {
  orAborted,
  poll,
  TimeLimitError,
  waitFor,
  within,
  withinOr,
} from '../../src/runtime/deadline.js';

const never = new Promise<string>(() => undefined);
const broken = () => Promise.reject(new Error('broken'));

test.each([
  ['withinOr', (work: Promise<string>, limitMs: number) => withinOr(work, limitMs, () => 'late')],
  ['within', (work: Promise<string>, limitMs: number) => within(work, limitMs, 'the answer')],
])('%s returns or throws what the promise does when it is in time', async (_name, bounded) => {
  expect(await bounded(Promise.resolve('done'), 10_000)).toBe('done');
  await expect(bounded(broken(), 10_000)).rejects.toThrow('broken');
});

test('withinOr returns the fallback when the promise is late', async () => {
  expect(await withinOr(never, 1, () => 'late')).toBe('late');
});

test('within names what was late', async () => {
  await expect(within(never, 1, 'the answer')).rejects.toThrow(
    new TimeLimitError('Gave up waiting for the answer after 0.001 s.'),
  );
});

test('a poll asks until there is an answer, and 0 and the empty text are answers', async () => {
  const answers = [undefined, false, 0] as const;
  const ask = vi.fn(() => answers[ask.mock.calls.length - 1]);
  expect(await poll(ask, { limitMs: 10_000, intervalMs: 1 })).toBe(0);
  expect(await poll(() => '', { limitMs: 10_000 })).toBe('');
});

test('a poll without an answer ends at its limit, after one question at the least', async () => {
  const ask = vi.fn(() => false as const);
  expect(await poll(ask, { limitMs: 0 })).toBeUndefined();
  expect(ask).toHaveBeenCalledTimes(1);
  await expect(waitFor(ask, { what: 'a yes', limitMs: 0 })).rejects.toThrow(TimeLimitError);
});

test('a failed question ends a poll, and an aborted signal ends it before the next question', async () => {
  await expect(poll(broken, { limitMs: 10_000 })).rejects.toThrow('broken');
  const ask = vi.fn(() => undefined);
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(poll(ask, { limitMs: 10_000, signal })).rejects.toThrow('stopped');
  expect(ask).not.toHaveBeenCalled();
});

test('an aborted signal ends the wait for a promise', async () => {
  const controller = new AbortController();
  const waiting = orAborted(never, controller.signal);
  controller.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  await expect(orAborted(never, controller.signal)).rejects.toThrow('stopped');
  expect(await orAborted(Promise.resolve('done'), undefined)).toBe('done');
});
