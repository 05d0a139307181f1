import { mean as meanOf, sampleVariance } from 'simple-statistics';
import { sumOf } from '../../harness/statistics.js';

export interface Reading {
  readonly value: number;
  readonly round: number;
}

export type BySeed = ReadonlyMap<number, Reading>;

export interface Sample {
  readonly bySeed: BySeed;
  /** See roundDeviationOf; 0 for what does not depend on how fast the machine is. */
  readonly roundDeviation: number;
}

/** A mean over seeds, and the ends between which that of another run lies 95 times in 100. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Of a single seed there is no interval: both ends are the mean. */
  readonly seeds: number;
}

/**
 * The mean of what the seeds gave, and where that of another run would lie. Seeds are what varies: orders
 * of one seed share their schedule of faults, so an order by itself says less than it seems to.
 * @param seedsAgain how many seeds the other run has
 * Nothing that is measured is below zero. @throws RangeError without any seed
 */
export const intervalOf = (
  { bySeed, roundDeviation }: Sample,
  seedsAgain: number = bySeed.size,
): Interval => {
  const rows = [...bySeed.values()].map(({ value, round }) => ({ round, parts: [value] }));
  const { low, ...interval } = predicted(rows, [roundDeviation], seedsAgain);
  return { ...interval, low: Math.max(0, low) };
};

/**
 * By how much one is more than the other. Paired: a seed has the same schedule in every variant. The
 * pace of the machine is not taken to be alike for both: their cells ran one after the other.
 * @returns undefined when they have no seed in common
 */
export function differenceOf(one: Sample, other: Sample): Interval | undefined {
  const rows = [...one.bySeed].flatMap(([seed, { value, round }]) => {
    const against = other.bySeed.get(seed);
    return against === undefined ? [] : [{ round, parts: [value, -against.value] }];
  });
  if (rows.length === 0) return undefined;
  return predicted(rows, [one.roundDeviation, other.roundDeviation], rows.length);
}

interface Row {
  readonly round: number;
  readonly parts: readonly number[];
}

/** So many standard deviations to either side hold 95 in 100 of a normal distribution. */
const reach = 1.96;

/**
 * The mean of this run varies by chance, and so does that of the other run. The pace of the machine is
 * that of each round here, and of all of the other run, which may be short. No mean lies beyond the
 * least or the greatest of its seeds.
 */
function predicted(
  rows: readonly Row[],
  deviations: readonly number[],
  seedsAgain: number,
): Interval {
  const seeds = rows.length;
  if (seeds === 0) throw new RangeError('There is no seed to take a mean of');
  const values = rows.map(({ parts }) => sumOf(parts));
  const mean = meanOf(values);
  if (seeds === 1) return { mean, low: mean, high: mean, seeds };
  const rounds = new Set(rows.map(({ round }) => round)).size;
  const paces = deviations.map(
    (deviation, which) => (deviation * meanOf(rows.map(({ parts }) => parts[which]!))) ** 2,
  );
  const ofPace = sumOf(paces) * (1 / rounds + 1);
  const ofSeeds = sampleVariance(values) * (1 / seeds + 1 / seedsAgain);
  const [all, pace] = [ofSeeds + ofPace, ofPace].map((variance) => reach * Math.sqrt(variance));
  const low = Math.max(mean - all!, Math.min(...values) - pace!);
  const high = Math.min(mean + all!, Math.max(...values) + pace!);
  return { mean, low, high, seeds };
}

/** Of a percent: no cell is known more exactly. */
const leastVariance = 0.01 ** 2;

/**
 * By how much one round of a run is slower or faster than usual, beyond what its seeds explain: the
 * machine is not always as fast, and orders may fall in step or not. It is the standard deviation of
 * the logarithm of a time, so 0.05 is about 5 %. A cell counts for less, the more its seeds differ.
 * @param cells what the seeds of each gave; one without two seeds in each of two rounds says nothing
 * @returns 0 where the seeds explain all of it, and where nothing is known
 */
export function roundDeviationOf(cells: readonly (readonly Reading[])[]): number {
  const known = cells.flatMap((cell) => spreadOf(cell) ?? []);
  const excess = known.map(({ between, within }) => (between - within) / (within + leastVariance));
  const weights = known.map(({ within }) => 1 / (within + leastVariance));
  return Math.sqrt(Math.max(0, sumOf(excess) / Math.max(1, sumOf(weights))));
}

/** Variances of logarithms in one cell: of the means of its rounds, and what of that is due to seeds. */
function spreadOf(cell: readonly Reading[]) {
  const rounds = [...new Set(cell.map(({ round }) => round))].map((round) =>
    cell.filter((reading) => reading.round === round).map(({ value }) => Math.log(value)),
  );
  const isTelling = rounds.length > 1 && rounds.every((logs) => logs.length > 1);
  if (!isTelling || !rounds.flat().every(Number.isFinite)) return undefined;
  return {
    between: sampleVariance(rounds.map((logs) => meanOf(logs))),
    within: meanOf(rounds.map((logs) => sampleVariance(logs) / logs.length)),
  };
}

/**
 * What share there may be all the same when it was seen not once in so many, with 95 % confidence.
 * Seeds that do not vary say nothing about that.
 */
export const mostWhenNoneIn = (orders: number): number => 1 - 0.05 ** (1 / orders);

/**
 * How many there may be in another run when there was none in so many. Each of them would have been in
 * the other run by chance alone; that all are has to be likelier than 5 %.
 */
export const mostAgainAfterNone = (orders: number, ordersAgain: number): number =>
  Math.floor(
    Math.min(ordersAgain, Math.log(0.05) / Math.log(ordersAgain / (orders + ordersAgain))),
  );
