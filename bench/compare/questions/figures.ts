import { machineInWords } from '../../harness/machine.js';
import { meanOf } from '../../harness/statistics.js';
import type { Conditions, Cost, Effort, Run, RunTime, Tally } from '../data/comparison.js';
import {
  faultNames,
  faultTitles,
  variantNames,
  type EffortMeasure,
  type FaultName,
  type VariantName,
} from '../data/names.js';
import {
  intervalOf,
  mostWhenNoneIn,
  roundDeviationOf,
  type BySeed,
  type Interval,
  type Reading,
  type Sample,
} from '../statistics/intervals.js';

export type Unit = 'percent' | 'milliseconds' | 'count' | 'per_second' | 'cpu_ms' | 'kib';

const marks = { percent: ' %', per_second: ' /s', cpu_ms: ' ms', kib: ' KiB' } as const;
const longMs = 1_000;

/** @param greatest what stands beside it, in the same unit of time */
export function shown(value: number, unit: Unit, greatest = value): string {
  if (unit === 'count') return Number.isInteger(value) ? String(value) : value.toFixed(1);
  if (unit !== 'milliseconds') return value.toFixed(1) + marks[unit];
  return greatest < longMs ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(1)} s`;
}

export function shownRange(low: number, high: number, unit: Unit, show = shown): string {
  const [from, to] = [show(low, unit, high), show(high, unit)];
  const [, number, own] = /^(\S+)( .+)$/.exec(from) ?? [];
  const isShared = number !== undefined && own !== undefined && to.endsWith(own);
  return `${isShared ? number : from} to ${to}`;
}

/** A difference: of shares it is in points, since it is a share of nothing. */
export const shownDifference = (value: number, unit: Unit, greatest = value): string =>
  unit === 'percent' ? `${value.toFixed(1)} points` : shown(value, unit, greatest);

export function listed(names: readonly string[]): string {
  const [last = '', ...before] = [...names].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
}

export type Figure =
  | { readonly kind: 'measured'; readonly interval: Interval; readonly sample: Sample }
  | { readonly kind: 'counted'; readonly value: number }
  | { readonly kind: 'not_applicable'; readonly reason: string }
  | { readonly kind: 'not_measured' };

export interface Line {
  readonly title: string;
  readonly figures: Readonly<Record<VariantName, Figure>>;
}

/** Lines on one axis, which begins at zero. */
export interface Panel {
  readonly title: string;
  readonly unit: Unit;
  readonly lines: readonly Line[];
  /** Of most figures less is better. */
  readonly better?: 'less' | 'more';
}

export interface Measure {
  readonly of: (run: Run) => number | undefined;
  readonly isTime: boolean;
}

export const shareOf = (tally: Tally): Measure => ({
  of: ({ [tally]: count, orders }) => (count === undefined ? undefined : (100 * count) / orders),
  isTime: false,
});

export const timeOf = (time: RunTime): Measure => ({ of: (run) => run[time], isTime: true });

export const runsLine = (
  title: string,
  runs: readonly Run[],
  faults: readonly FaultName[],
  measure: Measure,
): Line => {
  const roundDeviation = roundDeviationIn(runs, measure);
  return lineOf(title, (name) => {
    const own = runs.filter((run) => run.arm === name && faults.includes(run.fault));
    const reason = reasonOf(own);
    if (reason !== undefined) return { kind: 'not_applicable', reason };
    return measured({ bySeed: meansBySeed(own, faults.length, measure), roundDeviation });
  });
};

/** By how much a measure changes from round to round, beyond what the seeds explain. */
export const roundDeviationIn = (runs: readonly Run[], { of, isTime }: Measure): number => {
  if (!isTime) return 0;
  const cells = variantNames.flatMap((name) =>
    faultNames.map((fault) => runs.filter((run) => run.arm === name && run.fault === fault)),
  );
  return roundDeviationOf(cells.map((cell) => readingsOf(cell, of)));
};

const readingsOf = <Row extends { readonly round: number }>(
  rows: readonly Row[],
  of: (row: Row) => number | undefined,
): readonly Reading[] =>
  rows.flatMap((row) => {
    const value = of(row);
    return value === undefined ? [] : [{ value, round: row.round }];
  });

/** The faults to which every variant was put that was run at all: only over these is a mean fair. */
export function commonFaults(runs: readonly Run[]): readonly FaultName[] {
  const variants = variantNames.filter((name) => runs.some((run) => run.arm === name));
  const has = (name: VariantName, fault: FaultName) =>
    runs.some((run) => run.arm === name && run.fault === fault && run.applicable === 'yes');
  const isCommon = (fault: FaultName) =>
    fault !== 'none' && variants.length > 0 && variants.every((name) => has(name, fault));
  return faultNames.filter(isCommon);
}

const reasonOf = (runs: readonly Run[]): string | undefined =>
  runs.find(({ applicable }) => applicable !== 'yes')?.applicable.replace(/^no: /, '');

export const costLine = (
  title: string,
  cost: readonly Cost[],
  measure: (cost: Cost) => number,
): Line => {
  const ownOf = (name: VariantName) => cost.filter(({ arm }) => arm === name);
  const roundDeviation = roundDeviationOf(
    variantNames.map((name) => readingsOf(ownOf(name), measure)),
  );
  const readingOf = (row: Cost) => [row.seed, { value: measure(row), round: row.round }] as const;
  return lineOf(title, (name) =>
    measured({ bySeed: new Map(ownOf(name).map(readingOf)), roundDeviation }),
  );
};

export const effortLine = (title: string, effort: readonly Effort[], wanted: EffortMeasure): Line =>
  lineOf(title, (name) => {
    const row = effort.find(({ arm, measure }) => arm === name && measure === wanted);
    return row === undefined ? { kind: 'not_measured' } : { kind: 'counted', value: row.value };
  });

const lineOf = (title: string, figure: (name: VariantName) => Figure): Line => ({
  title,
  figures: Object.fromEntries(
    variantNames.map((name) => [name, figure(name)]),
  ) as unknown as Line['figures'],
});

/** The mean of each seed over its cells. @param faults how many cells a seed has */
export function meansBySeed(runs: readonly Run[], faults: number, { of }: Measure): BySeed {
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const means = seeds.flatMap((seed) => {
    const own = runs.filter((run) => run.seed === seed);
    const readings = readingsOf(own, of);
    // A seed that lacks a fault would have a mean of something else than the others.
    if (readings.length < faults) return [];
    const value = meanOf(readings.map((reading) => reading.value));
    return [[seed, { value, round: readings[0]!.round }] as const];
  });
  return new Map(means);
}

const measured = (sample: Sample): Figure =>
  sample.bySeed.size === 0
    ? { kind: 'not_measured' }
    : { kind: 'measured', interval: intervalOf(sample), sample };

export function conditionsOf(conditions: Conditions): string {
  const { at, commit, machine, seeds, rounds, ordersPerSeed, timeScale, minutes } = conditions;
  const inRounds =
    rounds === 1
      ? 'all seeds of a cell at one time'
      : `in ${rounds} rounds over all cells, each with its share of the seeds`;
  return (
    `Taken ${at.slice(0, 10)} at commit ${commit.slice(0, 10)} on ${machineInWords(machine)}, ` +
    `in ${minutes.toFixed(0)} minutes, ${inRounds}. ` +
    `Seeds ${listed(seeds.map(String))}, ${ordersPerSeed} orders for each seed in each arm under ` +
    `each fault. Shortened in all arms alike: ${timeScale}.`
  );
}

export function boundsOf(runs: readonly Run[]): string {
  const faults = commonFaults(runs);
  const most = (over: readonly Run[]) => {
    const orders = over.reduce((sum, run) => sum + run.orders, 0);
    return `${orders} orders say that with 95 % confidence it is below ${shown(100 * mostWhenNoneIn(orders), 'percent')}`;
  };
  const any = variantNames.find((name) => runs.some((run) => run.arm === name));
  const own = runs.filter((run) => run.arm === any && faults.includes(run.fault));
  const quiet = own.filter((run) => run.fault === faults[0]);
  if (quiet.length === 0) return 'There is no fault that every arm was put to.';
  return (
    `A share of none is not a share that can never be. Not once under one fault: ${most(quiet)}. ` +
    `Not once under all ${faults.length} faults together: ${most(own)}.`
  );
}

/** What a variant was not put to, and why; nothing is left out in silence. */
export function leftOut(runs: readonly Run[]): readonly string[] {
  const variants = variantNames.filter((name) => runs.some((run) => run.arm === name));
  const absent = variantNames.filter((name) => !variants.includes(name));
  const reasons = variants.flatMap((name) =>
    faultNames.flatMap((fault) => {
      const own = runs.filter((run) => run.arm === name && run.fault === fault);
      const reason = reasonOf(own) ?? (own.length === 0 ? 'not run' : undefined);
      return reason === undefined ? [] : [`${name}, ${faultTitles[fault]}: ${reason}`];
    }),
  );
  return [...absent.map((name) => `${name}: not run at all`), ...reasons];
}
