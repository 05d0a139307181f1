import { expect, test } from 'vitest';
import { isUnderWay, timesOf, type Timed } from '../../bench/compare/outcome.js';

const timed = (sentAtMs: number, facts: Readonly<Record<string, number>>): Timed => ({
  sentAtMs,
  facts: Object.entries(facts).map(([type, atMs]) => ({ type, atMs })),
});

const delivered = timed(1_000, {
  'order.placed': 1_010,
  'order.confirmed': 1_200,
  'order.delivered': 3_000,
});
const rejected = timed(1_000, { 'order.placed': 1_010, 'order.rejected': 1_050 });
const stuck = timed(1_000, { 'order.placed': 1_010 });

test('the answer is the confirmation, or the end where there is none', () => {
  expect(timesOf([delivered], [])).toMatchObject({ answerP50Ms: 200, endP50Ms: 2_000 });
  expect(timesOf([rejected], [])).toMatchObject({ answerP50Ms: 50, endP50Ms: 50 });
});

test('an order that never ends has no time to its end', () => {
  expect(timesOf([stuck], [])).toEqual({
    answerP50Ms: undefined,
    answerP95Ms: undefined,
    answerP99Ms: undefined,
    endP50Ms: undefined,
    endP95Ms: undefined,
    endP99Ms: undefined,
    recoveryMs: undefined,
  });
  expect(timesOf([stuck, delivered], [])).toMatchObject({ endP50Ms: 2_000, endP99Ms: 2_000 });
});

test('recovered is when the last order that was struck went on', () => {
  const other = timed(1_000, { 'order.confirmed': 1_100, 'order.delivered': 1_900 });
  const blow = { atMs: 1_150, orders: [delivered, other, stuck] };
  expect(timesOf([], [blow])).toMatchObject({ recoveryMs: 750 });
});

test('what the carrier reports meanwhile does not show that the order goes on', () => {
  const scanned = timed(1_000, { 'shipment.scanned': 1_300, 'shipment.handed_over': 2_000 });
  expect(timesOf([], [{ atMs: 1_200, orders: [scanned] }])).toMatchObject({ recoveryMs: 800 });
});

test('an order is under way from its request to its end', () => {
  const moments = [999, 1_001, 2_999, 3_001];
  expect(moments.map((moment) => isUnderWay(delivered, moment))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(isUnderWay(stuck, 9_000)).toBe(true);
});
