import { expect, test } from 'vitest';
import { waitForRest } from '../../bench/compare/drive.js';
import { isUnderWay, timesOf, type Timed } from '../../bench/compare/outcome.js';
import type { Sight } from '../../bench/harness/watch.js';

const underWay: Sight = { id: 'ord_1', isEnded: false, facts: ['order.placed'], waits: [] };
const ended: Sight = { ...underWay, isEnded: true };
const waiting: Sight = { ...underWay, waits: ['attention: undo_stuck'] };
const patience = { stillMs: 5_000, limitMs: 30_000 };

/** Runs a film of sights, each from its second on. @returns how many milliseconds were waited */
async function waited(film: Readonly<Record<number, readonly Sight[]>>): Promise<number> {
  let nowMs = 0;
  const clock = {
    now: () => nowMs,
    sleep: (ms: number) => {
      nowMs += ms;
      return Promise.resolve();
    },
  };
  const starts = Object.keys(film).map(Number);
  const look = () => {
    const start = Math.max(...starts.filter((second) => second * 1_000 <= nowMs));
    return film[start] ?? [];
  };
  await waitForRest(look, patience, clock);
  return nowMs;
}

const told = { ...ended, facts: [...ended.facts, 'mail.sent'] };
const further = { ...underWay, facts: [...underWay.facts, 'inventory.reserved'] };
const restless = Array.from({ length: 60 }, (_, second) => [{ ...underWay, facts: [`${second}`] }]);

test.each<[rule: string, film: Readonly<Record<number, readonly Sight[]>>, ms: number]>([
  ['a moment after all have ended', { 0: [underWay], 2: [ended] }, 2_600],
  ['also when one waits for a person', { 0: [underWay, ended], 3: [waiting, ended] }, 3_600],
  ['for what an order does after its end', { 0: [ended], 0.5: [told] }, 1_100],
  ['until one without a new fact has stood still', { 0: [underWay], 4: [further] }, 9_000],
  ['no longer than the limit', restless, 30_000],
])('orders are waited for %s', async (_rule, film, ms) => {
  expect(await waited(film)).toBe(ms);
});

const timed = (sentAtMs: number, facts: Readonly<Record<string, number>>): Timed => ({
  sentAtMs,
  facts: Object.entries(facts).map(([type, atMs]) => ({ type, atMs })),
});

const placed = { 'order.placed': 1_010 };
const done = { 'order.confirmed': 1_200, 'order.delivered': 3_000 };
const deliveredOrder = timed(1_000, { ...placed, ...done });
const rejected = timed(1_000, { ...placed, 'order.rejected': 1_050 });
const stuck = timed(1_000, placed);

test('the answer is the confirmation, or the end where there is none', () => {
  expect(timesOf([deliveredOrder], [])).toMatchObject({ answerP50Ms: 200, endP50Ms: 2_000 });
  expect(timesOf([rejected], [])).toMatchObject({ answerP50Ms: 50, endP50Ms: 50 });
});

test('an order that never ends has no time to its end', () => {
  expect(timesOf([stuck], [])).toEqual({});
  expect(timesOf([stuck, deliveredOrder], [])).toMatchObject({ endP50Ms: 2_000, endP99Ms: 2_000 });
});

test('recovered is when the last order that was struck continued', () => {
  const other = timed(1_000, { 'order.confirmed': 1_100, 'order.delivered': 1_900 });
  const blow = { atMs: 1_150, orders: [deliveredOrder, other, stuck] };
  expect(timesOf([], [blow])).toMatchObject({ recoveryMs: 750 });
});

test('what the carrier reports meanwhile does not show that the order continues', () => {
  const scanned = timed(1_000, { 'shipment.scanned': 1_300, 'shipment.handed_over': 2_000 });
  expect(timesOf([], [{ atMs: 1_200, orders: [scanned] }])).toMatchObject({ recoveryMs: 800 });
});

test('an order is under way from its request to its end', () => {
  const moments = [999, 1_001, 2_999, 3_001].filter((ms) => isUnderWay(deliveredOrder, ms));
  expect(moments).toEqual([1_001, 2_999]);
  expect(isUnderWay(stuck, 9_000)).toBe(true);
});
