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

const unread = { sentAtMs: nowMs - 50, ledger: undefined, brokenRules: undefined };
const quiet = orderOf({ facts: [['order.placed', 5_000]] });
const waiting = orderOf({ waits: ['attention: undo_stuck'], facts: [['order.placed', 9_000]] });
const [underWay, stuck] = [
  { underWay: 1, stuck: 0 },
  { underWay: 0, stuck: 1 },
];

test.each<[which: string, Seen, Partial<Circumstances>, object]>([
  ['that was not read yet is under way', unread, {}, underWay],
  ['that is silent for longer than its arm ever waits is stuck', silent, {}, stuck],
  ['that is silent for just as long as its arm waits is under way', quiet, {}, underWay],
  ['is not stuck while the killed process is away', silent, { runsSinceMs: undefined }, underWay],
  ['is not stuck when the process runs again', silent, { runsSinceMs: nowMs - 4_000 }, underWay],
  ['is stuck when it is silent since then', silent, { runsSinceMs: nowMs - 5_001 }, stuck],
  ['that waits for a person is not stuck', waiting, {}, { stuck: 0, waitingForPerson: 1 }],
])('an order %s', (_which, order, circumstances, counters) => {
  expect(countersOf([order], { ...around, ...circumstances })).toMatchObject(counters);
});

test('an order is wrong when a rule of the ledgers is broken, and not before it was compared', () => {
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

test('without a kill there is no recovery to wait for', () => {
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
