import { expect, test } from 'vitest';
import { pickUpSlot } from '../../src/domain/pick-up-slot.js';

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
