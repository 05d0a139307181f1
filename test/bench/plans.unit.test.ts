import { expect, test } from 'vitest';
import { sumOf } from '../../bench/harness/statistics.js';
import { endingOf, paths, planOf, type Path } from '../../bench/mix.js';
import { planFaults } from '../../bench/prove-events/faults.js';
import { planRounds } from '../../bench/prove-stalls/plan.js';
import { fateOf } from '../../bench/prove-stalls/rules.js';

const plan = { relayKills: 24, others: 18, postgres: true };

const plansOf = (count: number, seed = 7) =>
  Array.from({ length: count }, (_unused, index) => planOf(seed, index));

test.each([
  ['the proof of the events', (seed: number) => planFaults(seed, plan)],
  ['the proof of stalls', (seed: number) => planRounds(seed, 30, 10)],
  ['the mix', (seed: number) => plansOf(100, seed)],
])('%s has one plan for each seed, and always the same', (_of, planned) => {
  expect(planned(7)).toEqual(planned(7));
  expect(planned(7)).not.toEqual(planned(8));
});

test('the proof of the events has every kind of fault, in the order of their times, while orders are written', () => {
  const faults = planFaults(7, plan);
  expect(faults).toHaveLength(24 + 18 + 2);
  expect(new Set(faults.map(({ kind }) => kind)).size).toBe(7);
  const times = faults.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...times)).toBeLessThan(1);
});

test('the proof of stalls has each order once, and something that happens to the worker in each round', () => {
  const rounds = planRounds(1, 25, 10);
  expect(rounds.map(({ orders }) => orders.length)).toEqual([10, 10, 5]);
  const customers = rounds.flatMap(({ orders }) => orders.map(({ basket }) => basket.customerId));
  expect(new Set(customers).size).toBe(25);
});

test('the proof of stalls has stalls of all lengths, kills, and cancels of both kinds', () => {
  const rounds = planRounds(1, 300, 10);
  const disturbances = rounds.map(({ disturbance }) => disturbance);
  const stalls = disturbances.filter(({ kind }) => kind === 'stall').map((one) => one.lastsMs);
  expect(stalls.length).toBeLessThan(rounds.length);
  expect(Math.min(...stalls)).toBeGreaterThanOrEqual(600);
  expect(Math.max(...stalls)).toBeLessThanOrEqual(20_000);
  expect(stalls.some((ms) => ms > 15_000) && stalls.some((ms) => ms < 5_000)).toBe(true);
  const ways = rounds.flatMap(({ orders }) => orders.map(({ cancel }) => cancel?.by));
  expect(new Set(ways)).toEqual(new Set(['api', 'signal', undefined]));
});

test('the proof of stalls cancels no order before it is placed', () => {
  for (const { cancel, placedAfterMs } of planRounds(1, 300, 10).flatMap((one) => one.orders)) {
    expect(cancel?.afterMs ?? placedAfterMs).toBeGreaterThanOrEqual(placedAfterMs);
  }
});

const order = { status: 'delivered', facts: ['order.placed'], waits: [], isRefused: false };
const waiting = { ...order, status: 'compensating', waits: ['attention: undo_stuck'] };
const taken = { by: 'signal', answer: 'taken' } as const;

test.each([
  ['is lost when the order went on and nothing says why', taken, order, 'lost'],
  ['is refused by its answer', { by: 'api', answer: 'refused' }, order, 'refused'],
  ['is refused in its message', taken, { ...order, isRefused: true }, 'refused'],
  ['is refused on record', taken, { ...order, facts: ['order.cancel_refused'] }, 'refused'],
  ['does not wait for a person before the order has received it', taken, waiting, 'lost'],
  [
    'may wait for a person when the order has received it',
    taken,
    { ...waiting, facts: ['order.cancel_requested'] },
    'waits for a person',
  ],
  ['must be answered', { by: 'api', answer: 'unanswered' }, order, 'unanswered'],
] as const)('a cancel %s', (_rule, cancel, outcome, fate) => {
  expect(fateOf(cancel, outcome)).toBe(fate);
});

test('of every twenty orders of the mix in a row exactly the shares go each way', () => {
  const plans = plansOf(60);
  const shares = { plain: 14, ship_available: 1, wait: 1, cancelled: 2, declined: 1, returned: 1 };
  for (const begin of [0, 20, 40]) {
    const twenty = plans.slice(begin, begin + 20);
    const countOf = (path: Path) => twenty.filter((plan) => plan.path === path).length;
    expect(Object.fromEntries(paths.map((path) => [path, countOf(path)]))).toEqual(shares);
  }
});

test('no twenty orders of the mix are like those before', () => {
  const ways = plansOf(40).map(({ path }) => path);
  expect(ways.slice(0, 20)).not.toEqual(ways.slice(20));
});

test('an order of the mix is cancelled at any moment up to its hand-over, none favoured', () => {
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
