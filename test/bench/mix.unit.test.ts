import { expect, test } from 'vitest';
import { sumOf } from '../../bench/harness/statistics.js';
import { endingOf, paths, planOf, type Path } from '../../bench/mix.js';

const seed = 7;
const plansOf = (count: number, from: number = seed) =>
  Array.from({ length: count }, (_unused, index) => planOf(from, index));

const countOf = (path: Path, plans: readonly { readonly path: Path }[]) =>
  plans.filter((plan) => plan.path === path).length;

test('of every twenty orders in a row exactly the shares go each way', () => {
  const plans = plansOf(60);
  const shares = { plain: 14, ship_available: 1, wait: 1, cancelled: 2, declined: 1, returned: 1 };
  for (const begin of [0, 20, 40]) {
    const twenty = plans.slice(begin, begin + 20);
    expect(Object.fromEntries(paths.map((path) => [path, countOf(path, twenty)]))).toEqual(shares);
  }
});

test('the same seed gives the same sequence, another one another, and no twenty are like those before', () => {
  expect(plansOf(100)).toEqual(plansOf(100));
  expect(plansOf(100)).not.toEqual(plansOf(100, seed + 1));
  const ways = plansOf(40).map(({ path }) => path);
  expect(ways.slice(0, 20)).not.toEqual(ways.slice(20));
});

test('an order is cancelled at any moment up to its hand-over, none favoured', () => {
  const moments = plansOf(4_000).map(({ cancelAtEntry }) => cancelAtEntry);
  const counts = Array.from(
    { length: 12 },
    (_, at) => moments.filter((one) => one === at + 1).length,
  );
  expect(sumOf(counts)).toBe(4_000);
  expect(Math.min(...counts)).toBeGreaterThan(250);
  expect(Math.max(...counts)).toBeLessThan(420);
});

test.each([
  ['plain', ['order.placed', 'order.delivered'], 'delivered'],
  ['ship_available', ['order.reduced', 'order.delivered'], 'delivered'],
  ['wait', ['inventory.backordered', 'order.delivered'], 'delivered'],
  ['cancelled', ['order.cancelled'], 'cancelled'],
  ['cancelled', ['inventory.written_off', 'order.cancelled'], 'cancelled_without_parcel'],
  ['cancelled', ['order.delivered'], 'delivered'],
  ['declined', ['payment.declined', 'order.delivered'], 'delivered'],
  ['returned', ['order.delivered', 'return.completed'], 'returned'],
  ['plain', ['order.cancelled'], undefined],
  ['ship_available', ['order.delivered'], undefined],
  ['wait', ['order.delivered'], undefined],
  ['cancelled', ['order.failed'], undefined],
  ['declined', ['payment.declined', 'order.rejected'], undefined],
  ['returned', ['order.delivered'], undefined],
] as const)(
  'an order to be %s with the facts %j alone has the ending %s',
  (path, facts, ending) => {
    expect(endingOf(path, facts)).toBe(ending);
  },
);
