import { describe, expect, test } from 'vitest';
import { pickUpSlot } from '../../src/domain/pick-up-slot.js';
import {
  holdExpiryMs,
  holdExtensionMs,
  serviceLevelNames,
  serviceLevels,
  standardServiceLevel,
} from '../../src/domain/service-level.js';

describe.each(serviceLevelNames)('the service level %s', (name) => {
  const level = serviceLevels[name];

  test('reminds before it expires, warns before it escalates before it gives up, and waits longer than its code is valid', () => {
    expect(level.approval.remindMs).toBeLessThan(level.approval.expireMs);
    expect(level.shortage.remindMs).toBeLessThan(level.shortage.decideMs);
    expect(level.handOver.warnMs).toBeLessThan(level.handOver.escalateMs);
    expect(level.delivery.warnMs).toBeLessThan(level.delivery.escalateMs);
    expect(level.delivery.escalateMs).toBeLessThan(level.delivery.giveUpMs);
    expect(level.code.validMs).toBeLessThan(level.code.expireMs);
  });

  test('has whole milliseconds for every wait, and none that does not end', () => {
    const waits = Object.values(level).flatMap((wait) =>
      typeof wait === 'number' ? [wait] : Object.values(wait as Record<string, number>),
    );
    expect(waits.length).toBeGreaterThan(15);
    for (const waitMs of waits) {
      expect(Number.isSafeInteger(waitMs)).toBe(true);
      expect(waitMs).toBeGreaterThan(0);
    }
  });
});

test('an order that lives keeps its hold from expiring, with days to spare', () => {
  const dayMs = 86_400_000;
  expect(holdExpiryMs - holdExtensionMs).toBeGreaterThanOrEqual(7 * dayMs);
});

test('a hold outlasts every wait before the hand-over', () => {
  const { shortage, payment, address, handOver } = standardServiceLevel;
  const waits = [shortage.backorderMs, payment.retryMs, address.fixMs, handOver.escalateMs];
  expect(Math.max(...waits)).toBeLessThan(holdExpiryMs);
});

// 2 November 2026 is a Monday.
test.each([
  ['before noon: the same afternoon', '2026-11-02T11:59:59.999Z', '2026-11-02', 14, 17],
  ['at noon: the next morning', '2026-11-02T12:00:00Z', '2026-11-03', 9, 12],
  ['just after midnight: the same afternoon', '2026-11-03T00:00:00Z', '2026-11-03', 14, 17],
  ['on a Friday afternoon: Monday morning', '2026-11-06T15:00:00Z', '2026-11-09', 9, 12],
  ['on a Saturday morning: Monday morning', '2026-11-07T08:00:00Z', '2026-11-09', 9, 12],
  ['on a Sunday: Monday morning', '2026-11-08T23:59:00Z', '2026-11-09', 9, 12],
  ['at the end of a year: the next year', '2026-12-31T13:00:00Z', '2027-01-01', 9, 12],
  ['in another time zone: by UTC', '2026-11-02T13:30:00+02:00', '2026-11-02', 14, 17],
])('an offer %s', (_when, offeredAt, day, fromHour, untilHour) => {
  const hour = (value: number) => `${day}T${String(value).padStart(2, '0')}:00:00.000Z`;
  expect(pickUpSlot(offeredAt)).toEqual({ from: hour(fromHour), until: hour(untilHour) });
});
