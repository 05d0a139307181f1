import { meanOf } from '../../mean.js';
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
import { intervalOf, type BySeed, type Reading, type Sample } from '../statistics/bootstrap.js';
import { unsteadinessOf } from '../statistics/unsteadiness.js';
import type { Figure, Line } from './answer.js';

export interface Measure {
  readonly of: (run: Run) => number | undefined;
  /** A slow machine makes more of it. */
  readonly isTime: boolean;
}

/** What share of the orders, in percent. */
export const shareOf = (tally: Tally): Measure => ({
  of: ({ [tally]: count, orders }) => (count === undefined ? undefined : (100 * count) / orders),
  isTime: false,
});

export const timeOf = (time: RunTime): Measure => ({ of: (run) => run[time], isTime: true });

/** One measure under one fault, or over several. */
export const runsLine = (
  title: string,
  runs: readonly Run[],
  faults: readonly FaultName[],
  measure: Measure,
): Line => {
  const unsteadiness = unsteadinessIn(runs, measure);
  const figure = (arm: ArmName): Figure => {
    const own = runs.filter((run) => run.arm === arm && faults.includes(run.fault));
    const reason = excuseOf(own);
    if (reason !== undefined) return { kind: 'not_applicable', reason };
    return measured({ bySeed: meansBySeed(own, faults.length, measure), unsteadiness });
  };
  return { title, figures: eachArm(figure) };
};

/** By how much a measure changes from round to round, beyond what the seeds explain. */
export const unsteadinessIn = (runs: readonly Run[], { of, isTime }: Measure): number =>
  isTime ? unsteadinessOf(cellsOf(runs).map((cell) => readingsOf(cell, of))) : 0;

/** Of each arm under each fault. */
const cellsOf = (runs: readonly Run[]): readonly (readonly Run[])[] =>
  armNames.flatMap((arm) =>
    faultNames.map((fault) => runs.filter((run) => run.arm === arm && run.fault === fault)),
  );

/** Of what was measured. */
const readingsOf = <Row extends { readonly round: number }>(
  rows: readonly Row[],
  of: (row: Row) => number | undefined,
): readonly Reading[] =>
  rows.flatMap((row) => {
    const value = of(row);
    return value === undefined ? [] : [{ value, round: row.round }];
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
): Line => {
  const ownOf = (arm: ArmName) => cost.filter((row) => row.arm === arm);
  const unsteadiness = unsteadinessOf(armNames.map((arm) => readingsOf(ownOf(arm), measure)));
  const readingOf = (row: Cost) => [row.seed, { value: measure(row), round: row.round }] as const;
  const figure = (arm: ArmName) =>
    measured({ bySeed: new Map(ownOf(arm).map(readingOf)), unsteadiness });
  return { title, figures: eachArm(figure) };
};

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

/** The mean of each seed over its cells. @param faults how many cells a seed has */
export function meansBySeed(runs: readonly Run[], faults: number, { of }: Measure): BySeed {
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const means = seeds.flatMap((seed) => {
    const readings = readingsOf(
      runs.filter((run) => run.seed === seed),
      of,
    );
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
