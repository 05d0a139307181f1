import { isEnded } from '../../src/domain/order-state.js';
import { percentiles } from '../harness/statistics.js';
import { readLedgers } from '../ledgers/read.js';
import { brokenRules, countedRules, isStuck } from '../ledgers/rules.js';
import type { Evidence, TimedFact } from '../ledgers/rules.js';
import type { Cell } from './cell.js';
import type { Run, RunTime, Tally } from './data/comparison.js';
import type { DrivenSeed } from './drive.js';
import { isDeath, readNotes } from './failpoints/failpoints.js';

export async function outcomesOf(cell: Cell, seeds: readonly DrivenSeed[]) {
  const deaths = (await readNotes(cell.pointsFolder)).filter(isDeath);
  const ids = seeds.flatMap(({ orders }) => orders.map(({ orderId }) => orderId));
  const evidenceOf = await readLedgers(cell.system, ids, cell.variant.hasLog);
  return seeds.map(({ orders, restartsMs }) => {
    const witnessed = orders.map(evidenceOf);
    const restarts = restartsMs.map((atMs) => ({
      atMs,
      orders: witnessed.filter((one) => isUnderWay(one, atMs)),
    }));
    // Of a process that died the order is counted at whose step it died.
    const died = deaths.map(({ customerId, atMs }) => ({
      atMs,
      orders: witnessed.filter((one) => one.customerId === customerId),
    }));
    return {
      run: { ...talliesOf(witnessed), ...timesOf(witnessed, [...restarts, ...died]) },
      findings: witnessed.flatMap(findingOf),
    };
  });
}

export function talliesOf(orders: readonly Evidence[]): Pick<Run, Tally> {
  const count = (holds: (evidence: Evidence) => boolean): number => orders.filter(holds).length;
  const counted = Object.entries(countedRules).map(([name, isBroken]) => [name, count(isBroken)]);
  return {
    stuck: count(isStuck),
    wrong: count(isWrong),
    ...(Object.fromEntries(counted) as Pick<Run, keyof typeof countedRules>),
    waitingForPerson: count(({ waits }) => waits.length > 0),
  };
}

const isWrong = (evidence: Evidence): boolean =>
  isEnded(evidence) && brokenRules(evidence).length > 0;

export type Finding = ReturnType<typeof findingOf>[number];

function findingOf(order: Evidence & Timed & { readonly customerId: string }) {
  const { orderId, customerId, status, sentAtMs } = order;
  const what = [
    ...(isStuck(order) ? ['stuck'] : []),
    ...(isWrong(order) ? brokenRules(order) : []),
    ...order.waits,
  ];
  if (what.length === 0) return [];
  const facts = order.facts.map(
    ({ type, atMs }) => `${((atMs - sentAtMs) / 1000).toFixed(2)} ${type}`,
  );
  return [{ orderId, customerId, status, what, facts }];
}

export interface Timed {
  readonly sentAtMs: number;
  readonly facts: readonly TimedFact[];
}

interface Blow {
  readonly atMs: number;
  readonly orders: readonly Timed[];
}

const ends = ['order.delivered', 'order.cancelled', 'order.rejected', 'order.failed'];

/** The first thing from which a buyer knows whether he gets his goods. */
const answers = ['order.confirmed', ...ends];

/** Recorded by the process that receives it, whatever happened to those that carry the order. */
const fromOutside = ['shipment.scanned', 'order.cancel_requested'];

export function timesOf(orders: readonly Timed[], blows: readonly Blow[]): Pick<Run, RunTime> {
  const timesTo = (types: readonly string[]) => {
    const times = orders.flatMap(({ sentAtMs, facts }) => {
      const first = facts.find(({ type }) => types.includes(type));
      return first === undefined ? [] : [Math.max(0, first.atMs - sentAtMs)];
    });
    return times.length === 0 ? undefined : percentiles(times);
  };
  const [answer, end] = [timesTo(answers), timesTo(ends)];
  return {
    answerP50Ms: answer?.p50,
    answerP95Ms: answer?.p95,
    answerP99Ms: answer?.p99,
    endP50Ms: end?.p50,
    endP95Ms: end?.p95,
    endP99Ms: end?.p99,
    recoveryMs: recoveryMs(blows),
  };
}

/** Until the last order that was struck continued; one that never did is counted as stuck. */
function recoveryMs(blows: readonly Blow[]): number | undefined {
  const waits = blows.flatMap(({ atMs, orders }) =>
    orders.flatMap(({ facts }) => {
      const next = facts.find((fact) => fact.atMs > atMs && !fromOutside.includes(fact.type));
      return next === undefined ? [] : [next.atMs - atMs];
    }),
  );
  return waits.length === 0 ? undefined : Math.max(...waits);
}

export function isUnderWay({ sentAtMs, facts }: Timed, atMs: number): boolean {
  const end = facts.find(({ type }) => ends.includes(type));
  return sentAtMs < atMs && (end === undefined || end.atMs > atMs);
}
