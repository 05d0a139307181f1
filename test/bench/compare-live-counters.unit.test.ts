import { expect, test } from 'vitest';
import {
  countersOf,
  tableOf,
  textsOf,
  type Circumstances,
  type Seen,
  type Standing,
} from '../../bench/compare/live/board.js';
import { restMs } from '../../bench/compare/live/payment-process.js';

const nowMs = 1_000_000;
const around: Circumstances = { nowMs, stillMs: 5_000, runsSinceMs: 0, killsMs: [] };

interface Known {
  readonly status?: string;
  readonly waits?: readonly string[];
  /** The types of its facts, and how many milliseconds ago each was written. */
  readonly facts?: readonly (readonly [type: string, agoMs: number])[];
}

const orderOf = (
  { status = 'processing', waits = [], facts = [['order.placed', 100]] }: Known,
  brokenRules?: readonly string[],
): Seen => ({
  sentAtMs: nowMs - 60_000,
  ledger: { status, waits, facts: facts.map(([type, agoMs]) => ({ type, atMs: nowMs - agoMs })) },
  brokenRules,
});

const silent = orderOf({ facts: [['order.placed', 5_001]] });

test('an order counts where it stands: under way, delivered, ended otherwise', () => {
  const statuses = ['processing', 'shipped', 'delivered', 'cancelled', 'rejected', 'failed'];
  const counters = countersOf(
    statuses.map((status) => orderOf({ status })),
    around,
  );
  const standing = { placed: 6, underWay: 2, delivered: 1, endedOtherwise: 3 };
  expect(counters).toMatchObject({ ...standing, stuck: 0, wrong: 0 });
});

test('an order that nobody has looked at yet is under way', () => {
  const fresh = { sentAtMs: nowMs - 50, ledger: undefined, brokenRules: undefined };
  expect(countersOf([fresh], around)).toMatchObject({ placed: 1, underWay: 1 });
});

test('one that is silent for longer than its arm ever waits is stuck, and not a moment sooner', () => {
  expect(countersOf([silent], around)).toMatchObject({ underWay: 0, stuck: 1 });
  const quiet = orderOf({ facts: [['order.placed', 5_000]] });
  expect(countersOf([quiet], around)).toMatchObject({ underWay: 1, stuck: 0 });
});

test('while the killed process is away, silence is nobody’s fault, and counts anew from its return', () => {
  expect(countersOf([silent], { ...around, runsSinceMs: undefined }).stuck).toBe(0);
  expect(countersOf([silent], { ...around, runsSinceMs: nowMs - 4_000 }).stuck).toBe(0);
  expect(countersOf([silent], { ...around, runsSinceMs: nowMs - 5_001 }).stuck).toBe(1);
});

test('one that waits for a person is not stuck', () => {
  const waiting = orderOf({ waits: ['attention: undo_stuck'], facts: [['order.placed', 9_000]] });
  const waits = { stuck: 0, underWay: 0, waitingForPerson: 1 };
  expect(countersOf([waiting], around)).toMatchObject(waits);
});

test('wrong is what a rule of the books says, and nothing before anybody has judged', () => {
  const delivered = { status: 'delivered' };
  const orders = [
    orderOf(delivered),
    orderOf(delivered, []),
    orderOf(delivered, ['chargedCancelled', 'untrueTold']),
  ];
  expect(countersOf(orders, around)).toMatchObject({ delivered: 3, wrong: 1 });
});

test('the last event is the youngest of all orders', () => {
  const old = orderOf({ facts: [['mail.sent', 300]] });
  const young = orderOf({ facts: [['payment.captured', 200]] });
  expect(countersOf([old, young, old], around).lastEvent?.type).toBe('payment.captured');
  expect(countersOf([], around).lastEvent).toBeUndefined();
});

const killedMs = nowMs - 10_000;
const killed = { ...around, killsMs: [killedMs - 60_000, killedMs] };
const paidAt = (afterKillMs: number, type = 'payment.captured') =>
  orderOf({ facts: [[type, 10_000 - afterKillMs]] });

test('nobody recovers from nothing', () => {
  expect(countersOf([paidAt(restMs)], around).recovery).toEqual({ kind: 'not_needed' });
});

test('it has recovered with the first payment after the last kill', () => {
  const orders = [paidAt(7_000), paidAt(4_500, 'payment.authorized'), paidAt(-2_000)];
  const recovery = { kind: 'recovered', tookMs: 4_500 };
  expect(countersOf(orders, killed)).toMatchObject({ kills: 2, recovery });
});

test('what others do, and what the dead process had begun, is no recovery', () => {
  const orders = [paidAt(4_000, 'inventory.reserved'), paidAt(2), paidAt(restMs - 1)];
  expect(countersOf(orders, killed).recovery).toEqual({ kind: 'awaited', sinceMs: killedMs });
});

const standing = (name: Standing['name'], isAway: boolean, orders: readonly Seen[] = []) =>
  ({ name, isAway, counters: countersOf(orders, killed) }) as const;

test('the board has a text for every figure of every arm', () => {
  const texts = textsOf([standing('saga', true), standing('mix', false, [paidAt(4_500)])], nowMs);
  expect(texts).toMatchObject({
    'saga-process': 'killed',
    'saga-recovery': '10.0 s …',
    'saga-event': '–',
    'mix-process': 'running',
    'mix-recovery': '4.5 s',
    'mix-placed': '1',
    'mix-event': 'payment.captured',
    notice: 'Still away: saga. Paying again: mix after 4.5 s.',
  });
});

test('what is read out loud does not change while nothing happens', () => {
  const at = (ms: number) => textsOf([standing('saga', false)], ms)['notice'];
  expect(at(nowMs)).toBe(at(nowMs + 700));
});

test('the last table has the arms side by side', () => {
  const table = tableOf([standing('saga', false), standing('naive', false, [silent])], nowMs);
  expect(table).toMatch(/\| +saga \| +naive \|/);
  expect(table).toMatch(/^\| placed +\| +0 \| +1 \|$/m);
  expect(table).toMatch(/^\| stuck +\| +0 \| +1 \|$/m);
});
