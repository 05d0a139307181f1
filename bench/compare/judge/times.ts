import type { Run, RunTime } from '../data/runs.js';
import { percentiles } from '../../summary.js';

/** A fact of an order and when it was written, by a clock that all share. */
export interface TimedFact {
  readonly type: string;
  readonly atMs: number;
}

/** What is timed of an order. */
export interface Timed {
  readonly sentAtMs: number;
  /** In their order. */
  readonly facts: readonly TimedFact[];
}

/** All orders under way, or the one, that something happened to at a time. */
export interface Blow {
  readonly atMs: number;
  readonly orders: readonly Timed[];
}

const ends: readonly string[] = [
  'order.delivered',
  'order.cancelled',
  'order.rejected',
  'order.failed',
];

/** The first thing that tells a buyer whether he gets his goods. */
const answers: readonly string[] = ['order.confirmed', ...ends];

/** Written by whoever hears of it, whatever has happened to those who carry the order. */
const fromOutside: readonly string[] = ['shipment.scanned', 'order.cancel_requested'];

export function timesOf(orders: readonly Timed[], blows: readonly Blow[]): Pick<Run, RunTime> {
  const answer = percentilesOf(orders.flatMap((order) => timeTo(order, answers)));
  const end = percentilesOf(orders.flatMap((order) => timeTo(order, ends)));
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

const percentilesOf = (values: readonly number[]) =>
  values.length === 0 ? undefined : percentiles(values);

function timeTo({ sentAtMs, facts }: Timed, types: readonly string[]): readonly number[] {
  const first = facts.find(({ type }) => types.includes(type));
  return first === undefined ? [] : [Math.max(0, first.atMs - sentAtMs)];
}

/**
 * From the worst blow until the last of the orders that it struck went on. Those that never went on are
 * counted as stuck, not here.
 */
function recoveryMs(blows: readonly Blow[]): number | undefined {
  const waits = blows.flatMap(({ atMs, orders }) =>
    orders.flatMap(({ facts }) => {
      const next = facts.find((fact) => fact.atMs > atMs && !fromOutside.includes(fact.type));
      return next === undefined ? [] : [next.atMs - atMs];
    }),
  );
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** Whether the order was under way at that time. */
export function isUnderWay({ sentAtMs, facts }: Timed, atMs: number): boolean {
  const end = facts.find(({ type }) => ends.includes(type));
  return sentAtMs < atMs && (end === undefined || end.atMs > atMs);
}
