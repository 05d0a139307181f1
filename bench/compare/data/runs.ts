import { applicability, count, oneOf, orEmpty, quantity, type Applicable } from './columns.js';
import { armNames, faultNames, type ArmName, type FaultName } from './names.js';
import type { Table } from './table.js';

/** Empty for what was not measured, which is not the same as zero. */
type Measured = number | undefined;

/** The orders of one seed in one arm under one fault. */
export interface Run {
  readonly arm: ArmName;
  readonly fault: FaultName;
  readonly seed: number;
  /** At which of the times that the run went over all cells, from 1 on. */
  readonly round: number;
  readonly orders: number;
  readonly applicable: Applicable;
  /** Neither ended nor waiting for a named person or event at the limit. */
  readonly stuck: Measured;
  /** Ended, and a rule of the ledgers is broken. */
  readonly wrong: Measured;
  readonly leakedHolds: Measured;
  readonly chargedCancelled: Measured;
  readonly doubleCharges: Measured;
  readonly oversold: Measured;
  readonly needlessUndo: Measured;
  readonly untrueTold: Measured;
  readonly waitingForPerson: Measured;
  /** Orders of which an event was put into effect twice, or not at all. */
  readonly eventsNotOnce: Measured;
  /** From the request until the buyer knows: confirmed, or ended. */
  readonly answerP50Ms: Measured;
  readonly answerP95Ms: Measured;
  readonly answerP99Ms: Measured;
  /** From the request until the order has ended. */
  readonly endP50Ms: Measured;
  readonly endP95Ms: Measured;
  readonly endP99Ms: Measured;
  readonly recoveryMs: Measured;
}

type Columns = Table<Run>['columns'];

const maybeCount = orEmpty(count);
const maybeTime = orEmpty(quantity);

/** Counts of orders, so none of them is more than the orders there were. */
const tallies = {
  stuck: maybeCount,
  wrong: maybeCount,
  leakedHolds: maybeCount,
  chargedCancelled: maybeCount,
  doubleCharges: maybeCount,
  oversold: maybeCount,
  needlessUndo: maybeCount,
  untrueTold: maybeCount,
  waitingForPerson: maybeCount,
  eventsNotOnce: maybeCount,
} satisfies Partial<Columns>;

const times = {
  answerP50Ms: maybeTime,
  answerP95Ms: maybeTime,
  answerP99Ms: maybeTime,
  endP50Ms: maybeTime,
  endP95Ms: maybeTime,
  endP99Ms: maybeTime,
  recoveryMs: maybeTime,
} satisfies Partial<Columns>;

export type Tally = keyof typeof tallies;
export type RunTime = keyof typeof times;

export const runsTable: Table<Run> = {
  file: 'runs.csv',
  columns: {
    arm: oneOf(armNames),
    fault: oneOf(faultNames),
    seed: count,
    round: count,
    orders: count,
    applicable: applicability,
    ...tallies,
    ...times,
  },
  key: ['arm', 'fault', 'seed'],
  fault: (run) => (run.applicable === 'yes' ? faultOfRun(run) : faultOfNoRun(run)),
};

function faultOfRun(run: Run): string | undefined {
  const { orders, stuck = 0, wrong = 0 } = run;
  if (orders === 0) return 'no order was placed';
  const most = namesOf(tallies).find((name) => (run[name] ?? 0) > orders);
  if (most !== undefined) return `${most} counts more orders than there were`;
  if (stuck + wrong > orders) return 'an order cannot be stuck and ended';
  const { answerP50Ms, answerP95Ms, answerP99Ms, endP50Ms, endP95Ms, endP99Ms } = run;
  const isRising =
    rises(answerP50Ms, answerP95Ms, answerP99Ms) && rises(endP50Ms, endP95Ms, endP99Ms);
  return isRising ? undefined : 'a percentile is below a lower one';
}

function faultOfNoRun(run: Run): string | undefined {
  const figures = [...namesOf(tallies), ...namesOf(times)];
  const isEmpty = run.orders === 0 && figures.every((name) => run[name] === undefined);
  return isEmpty ? undefined : 'figures of what was not applicable';
}

function rises(...values: readonly Measured[]): boolean {
  const measured = values.filter((value) => value !== undefined);
  return measured.every((value, index) => value >= (measured[index - 1] ?? 0));
}

const namesOf = <Name extends string>(columns: Readonly<Record<Name, unknown>>): readonly Name[] =>
  Object.keys(columns) as Name[];
