import {
  armNames,
  faultNames,
  type ArmName,
  type EffortMeasure,
  type FaultName,
} from '../data/names.js';
import type { Cost } from '../data/cost.js';
import type { Effort } from '../data/effort.js';
import type { Run, RunTime, Tally } from '../data/runs.js';
import { intervalOf, type BySeed } from '../statistics/bootstrap.js';
import type { Figure, Line } from './answer.js';

/** What share of the orders, in percent. */
export const shareOf =
  (tally: Tally) =>
  (run: Run): number | undefined => {
    const count = run[tally];
    return count === undefined ? undefined : (100 * count) / run.orders;
  };

export const timeOf =
  (time: RunTime) =>
  (run: Run): number | undefined =>
    run[time];

type Measure = (run: Run) => number | undefined;

/** One measure under one fault, or over several. */
export const runsLine = (
  title: string,
  runs: readonly Run[],
  faults: readonly FaultName[],
  measure: Measure,
): Line => ({
  title,
  figures: eachArm((arm) => {
    const own = runs.filter((run) => run.arm === arm && faults.includes(run.fault));
    return figureOf(own, faults.length, measure);
  }),
});

/** The faults to which every arm was put that was run at all: only over these is a mean fair. */
export function commonFaults(runs: readonly Run[]): readonly FaultName[] {
  const arms = armNames.filter((arm) => runs.some((run) => run.arm === arm));
  const has = (arm: ArmName, fault: FaultName) =>
    runs.some((run) => run.arm === arm && run.fault === fault && run.applicable === 'yes');
  const isCommon = (fault: FaultName) =>
    fault !== 'none' && arms.length > 0 && arms.every((arm) => has(arm, fault));
  return faultNames.filter(isCommon);
}

/** Why there is no such fault there. */
export const excuseOf = (runs: readonly Run[]): string | undefined =>
  runs.find(({ applicable }) => applicable !== 'yes')?.applicable.replace(/^no: /, '');

export const costLine = (
  title: string,
  cost: readonly Cost[],
  measure: (cost: Cost) => number,
): Line => ({
  title,
  figures: eachArm((arm) => {
    const own = cost.filter((row) => row.arm === arm);
    return measured(new Map(own.map((row) => [row.seed, measure(row)])));
  }),
});

export const effortLine = (
  title: string,
  effort: readonly Effort[],
  measure: EffortMeasure,
): Line => ({
  title,
  figures: eachArm((arm): Figure => {
    const row = effort.find((candidate) => candidate.arm === arm && candidate.measure === measure);
    if (row === undefined) return { kind: 'not_measured' };
    return { kind: 'counted', value: row.value, how: row.how };
  }),
});

const eachArm = (figure: (arm: ArmName) => Figure): Readonly<Record<ArmName, Figure>> => ({
  saga: figure('saga'),
  naive: figure('naive'),
  outbox: figure('outbox'),
  mix: figure('mix'),
});

function figureOf(runs: readonly Run[], faults: number, measure: Measure): Figure {
  const reason = excuseOf(runs);
  if (reason !== undefined) return { kind: 'not_applicable', reason };
  return measured(meansBySeed(runs, faults, measure));
}

/** The mean of each seed over its cells. @param faults how many cells a seed has */
export function meansBySeed(runs: readonly Run[], faults: number, measure: Measure): BySeed {
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const means = seeds.flatMap((seed) => {
    const values = runs.filter((run) => run.seed === seed).flatMap((run) => measure(run) ?? []);
    // A seed that lacks a fault would have a mean of something else than the others.
    if (values.length < faults) return [];
    return [[seed, values.reduce((sum, value) => sum + value, 0) / faults] as const];
  });
  return new Map(means);
}

const measured = (bySeed: BySeed): Figure =>
  bySeed.size === 0
    ? { kind: 'not_measured' }
    : { kind: 'measured', interval: intervalOf(bySeed), bySeed };
