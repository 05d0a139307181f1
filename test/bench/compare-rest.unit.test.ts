import { expect, test } from 'vitest';
import { waitForRest } from '../../bench/compare/drive.js';
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

test('orders that have all ended are left alone after a moment', async () => {
  expect(await waited({ 0: [underWay], 2: [ended] })).toBe(2_600);
});

test('one that waits for a person is at rest as well', async () => {
  expect(await waited({ 0: [underWay, ended], 3: [waiting, ended] })).toBe(3_600);
});

test('whatever an order still does after its end is waited for', async () => {
  const told = { ...ended, facts: [...ended.facts, 'mail.sent'] };
  expect(await waited({ 0: [ended], 0.5: [told] })).toBe(1_100);
});

test('an order of which nothing is heard is given up when it has stood still', async () => {
  const further = { ...underWay, facts: [...underWay.facts, 'inventory.reserved'] };
  expect(await waited({ 0: [underWay], 4: [further] })).toBe(9_000);
});

test('there is an end to all waiting', async () => {
  const film = Object.fromEntries(
    Array.from({ length: 60 }, (_unused, second) => [
      second,
      [{ ...underWay, facts: [`${second}`] }],
    ]),
  );
  expect(await waited(film)).toBe(30_000);
});
