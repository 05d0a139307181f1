import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openMs } from '../../../src/events/webhooks/circuit.js';
import { judge, retryAfterMs, retryWaitMs } from '../../../src/events/webhooks/retries.js';
import { senderLimits } from '../../../src/events/webhooks/settings.js';

const now = Date.parse('2026-01-05T09:00:00Z');
const dayMs = 86_400_000;

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7_000],
  ['86400', dayMs],
  ['9999999999', dayMs],
  ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
  ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
  ['Mon, 05 Jan 2099 08:00:00 GMT', dayMs],
  ['99999999999999999999', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['', undefined],
  ['2026-01-05', undefined],
  ['Mon, 99 Foo 2026 09:00:30 GMT', undefined],
  [undefined, undefined],
])('Retry-After: %s asks for %s ms', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});

test('whatever the header says, the wait is within a day', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.nat().map(String)), (header) => {
      const waitMs = retryAfterMs(header, now);
      expect(waitMs === undefined || (waitMs >= 0 && waitMs <= dayMs)).toBe(true);
    }),
  );
});

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [299, 'delivered'],
  [410, 'gone'],
  [301, 'refused'],
  [308, 'refused'],
  [400, 'refused'],
  [429, 'refused'],
  [500, 'refused'],
  [0, 'refused'],
])('%i means %s', (status, kind) => {
  expect(judge({ status, retryAfter: undefined }, now).kind).toBe(kind);
});

test('only 429 and 503 may ask for a wait', () => {
  const askedBy = (status: number) => judge({ status, retryAfter: '9' }, now);
  expect(askedBy(429)).toEqual({ kind: 'refused', askedMs: 9_000 });
  expect(askedBy(503)).toEqual({ kind: 'refused', askedMs: 9_000 });
  expect(askedBy(500)).toEqual({ kind: 'refused', askedMs: undefined });
});

test('each wait is its place in the schedule, a fifth more or less, until there is none', () => {
  const schedule = fc.array(fc.integer({ min: 1, max: 10 * dayMs }), { minLength: 1 });
  fc.assert(
    fc.property(schedule, fc.double({ min: 0, max: 1, noNaN: true }), (scheduleMs, random) => {
      scheduleMs.forEach((plannedMs, step) => {
        const waitMs = retryWaitMs(scheduleMs, step, random)!;
        expect(waitMs).toBeGreaterThanOrEqual(Math.floor(plannedMs * 0.8));
        expect(waitMs).toBeLessThanOrEqual(Math.ceil(plannedMs * 1.2));
      });
      expect(retryWaitMs(scheduleMs, scheduleMs.length, random)).toBeUndefined();
    }),
  );
});

test('a circuit opens at its limit of failures, longer each time, never past its longest', () => {
  const rules = { scheduleMs: [5_000, 300_000, 50 * dayMs], limits: senderLimits };
  expect(openMs(senderLimits.circuitFailures - 1, rules)).toBeUndefined();
  const first = openMs(senderLimits.circuitFailures, rules)!;
  const second = openMs(senderLimits.circuitFailures + 1, rules)!;
  expect(first).toBeLessThanOrEqual(6_000);
  expect(second).toBeGreaterThanOrEqual(240_000);
  for (const failures of [2, 3, 50]) {
    expect(openMs(senderLimits.circuitFailures + failures, rules)).toBe(senderLimits.circuitMs);
  }
});
