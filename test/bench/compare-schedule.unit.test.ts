import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { faultNames, type FaultName } from '../../bench/compare/data/names.js';
import { scheduleOf } from '../../bench/compare/schedule/faults.js';
import { steps, type Deed, type OrderPlan } from '../../bench/compare/schedule/orders.js';

const orders = 30;
const seeds = Array.from({ length: 10 }, (_unused, index) => index + 1);
const plansOf = (fault: FaultName) => seeds.map((seed) => scheduleOf(seed, fault, orders));
const ordersOf = (fault: FaultName) => plansOf(fault).flatMap((plan) => plan.orders);
const deedsOf = (fault: FaultName) => ordersOf(fault).flatMap(({ deeds }) => deeds);
const goodsOf = (plans: readonly OrderPlan[]) =>
  plans.map(({ lines, isMember }) => [lines, isMember]);

const isDeath = (deed: Deed) => deed.kind === 'die';
const isProvider = (deed: Deed) => deed.kind === 'provider';

const killFaults = ['kill_before_effect', 'kill_after_effect', 'kill_after_commit'] as const;

test.each(faultNames)('%s: the same seed gives the same schedule', (fault) => {
  expect(scheduleOf(7, fault, orders)).toEqual(scheduleOf(7, fault, orders));
  expect(scheduleOf(7, fault, orders)).not.toEqual(scheduleOf(8, fault, orders));
});

test.each(faultNames)('%s: every seed has all its orders, each customer one', (fault) => {
  const customers = ordersOf(fault).map(({ customerId }) => customerId);
  expect(new Set(customers).size).toBe(seeds.length * orders);
});

test('without a fault nothing happens to the orders, and some have two parcels', () => {
  const all = ordersOf('none');
  expect(all.every(({ deeds, excuses }) => deeds.length + excuses.length === 0)).toBe(true);
  expect(all.filter(({ lines }) => lines.length > 1).length).toBeGreaterThan(all.length / 10);
});

test('whatever the fault, a seed asks for the same goods', () => {
  const goods = goodsOf(scheduleOf(3, 'none', orders).orders);
  expect(goodsOf(scheduleOf(3, 'cancel_at_each_state', orders).orders)).toEqual(goods);
  expect(goodsOf(scheduleOf(3, 'database_restarted', orders).orders)).toEqual(goods);
});

test.each(killFaults)('%s: over ten seeds each step is struck, at that boundary', (fault) => {
  const deaths = deedsOf(fault).filter(isDeath);
  expect(new Set(deaths.map(({ step }) => step))).toEqual(new Set(steps));
  expect(new Set(deaths.map(({ boundary }) => `kill_${boundary}`))).toEqual(new Set([fault]));
  expect(deaths.length).toBe(2 * seeds.length);
});

test('an order that is struck at an undo has a reason to be undone', () => {
  const struck = ordersOf('kill_after_effect').filter(({ deeds }) =>
    deeds.some((deed) => isDeath(deed) && ['void', 'refund', 'release'].includes(deed.step)),
  );
  expect(struck.length).toBeGreaterThan(4);
  for (const { excuses, lines, cancelAt, deeds } of struck) {
    expect(excuses).toHaveLength(1);
    expect(lines).toHaveLength(1);
    const isRefused = deeds.some((deed) => isProvider(deed) && deed.fault.kind === 'refuse');
    expect(isRefused).toBe(cancelAt === undefined);
  }
});

test('some orders get no scan of the carrier at all, and others miss the first one', () => {
  const lost = deedsOf('event_lost').filter(isProvider);
  const kinds = lost.map(({ fault }) => `${fault.operation} ${fault.kind} ${fault.times}`);
  expect(new Set(kinds)).toEqual(new Set(['webhook lost 1', 'webhook lost 3']));
});

test.each(['event_lost', 'event_doubled', 'event_reordered', 'event_delayed'] as const)(
  '%s: messages between services have their mishaps, at every link of the chain',
  (fault) => {
    const mishaps = ordersOf(fault).flatMap(({ mishap }) => mishap ?? []);
    expect(new Set(mishaps.map(({ kind }) => `event_${kind}`))).toEqual(new Set([fault]));
    expect(new Set(mishaps.map(({ event }) => event)).size).toBe(5);
  },
);

test('answers are lost at each call that has an answer to lose', () => {
  const lost = deedsOf('answer_lost').filter(isProvider);
  const calls = lost.filter(({ fault }) => fault.kind === 'drop_response');
  expect(new Set(calls.map(({ step }) => step)).size).toBe(6);
  expect(calls.every(({ fault }) => fault.times === undefined)).toBe(true);
});

test('undos fail for a while shorter than any time limit, or for longer than any', () => {
  const faultsOf = (fault: FaultName) =>
    ordersOf(fault).flatMap(({ beforeCancel = [] }) => beforeCancel.map(({ for_ms }) => for_ms));
  expect(new Set(faultsOf('undo_fails_for_a_while'))).toEqual(new Set([2_500]));
  expect(new Set(faultsOf('undo_fails_for_ever'))).toEqual(new Set([600_000]));
});

test('the last items are wanted by more than can have them', () => {
  for (const { orders: all, scarce } of plansOf('last_item')) {
    const wanting = all.filter(({ lines }) => lines[0]?.sku === scarce?.sku);
    expect(wanting.length).toBe(10);
    expect(wanting.every(({ excuses }) => excuses.includes('short'))).toBe(true);
    expect(scarce?.quantity).toBe(2);
  }
});

test('cards are declined for every reason that a bank may have', () => {
  const cards = ordersOf('card_declined').map(({ paymentMethod }) => paymentMethod);
  const declined = cards.filter((card) => card.includes('Declined'));
  expect(new Set(declined).size).toBe(4);
  expect(declined.length).toBe(4 * seeds.length);
});

test('orders are cancelled at every state', () => {
  const moments = ordersOf('cancel_at_each_state').map(({ cancelAt }) => cancelAt);
  expect(new Set(moments).size).toBe(8);
  expect(moments.filter((moment) => moment !== undefined).length).toBe(15 * seeds.length);
});

test.each([
  ['broker_restarted', 'restart_broker'],
  ['engine_restarted', 'restart_engine'],
  ['database_restarted', 'restart_database'],
  ['new_version', 'new_version'],
] as const)('%s: once in each seed, while some orders are still to come', (fault, kind) => {
  for (const { disturbances } of plansOf(fault)) {
    expect(disturbances.map((disturbance) => disturbance.kind)).toEqual([kind]);
    expect(disturbances[0]?.afterOrders).toBeGreaterThanOrEqual(0.3 * orders - 1);
    expect(disturbances[0]?.afterOrders).toBeLessThanOrEqual(0.6 * orders);
  }
});

test.each(faultNames)('%s: a quick run of six orders has its fault as well', (fault) => {
  const [plan, quiet] = [fault, 'none' as const].map((name) => scheduleOf(1, name, 6));
  expect(isDeepStrictEqual(plan, quiet)).toBe(fault === 'none');
});
