import {
  bisect,
  mean as meanOf,
  quantileSorted,
  sampleVariance,
  sampleWithReplacement,
} from 'simple-statistics';
import { randomOf, type Random } from '../../harness/random.js';
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

/** Always the same, so that the same figures give the same interval. */
const resamplingSeed = 20_240_229;
const resamples = 5_000;
const tail = 0.025;

/**
 * The mean of what the seeds gave, and where that of another run would lie, by a bootstrap over seeds:
 * orders of one seed share their schedule of faults, so an order by itself says less than it seems to.
 * @param seedsAgain how many seeds the other run has
 * @throws RangeError without any seed
 */
export const intervalOf = (
  { bySeed, roundDeviation }: Sample,
  seedsAgain: number = bySeed.size,
): Interval => {
  const rows = [...bySeed].map(([seed, { value, round }]) => ({ seed, round, parts: [value] }));
  return predicted(rows, [roundDeviation], seedsAgain);
};

/**
 * By how much one is more than the other. Paired: a seed has the same schedule in every variant. The
 * pace of the machine is not taken to be alike for both: their cells ran one after the other.
 * @returns undefined when they have no seed in common
 */
export function differenceOf(one: Sample, other: Sample): Interval | undefined {
  const rows = [...one.bySeed].flatMap(([seed, { value, round }]) => {
    const against = other.bySeed.get(seed);
    return against === undefined ? [] : [{ seed, round, parts: [value, -against.value] }];
  });
  if (rows.length === 0) return undefined;
  return predicted(rows, [one.roundDeviation, other.roundDeviation], rows.length);
}

interface Row {
  readonly seed: number;
  readonly round: number;
  readonly parts: readonly number[];
}

function predicted(
  unordered: readonly Row[],
  deviations: readonly number[],
  seedsAgain: number,
): Interval {
  // By seed, so that the order in which they were written down does not matter.
  const rows = [...unordered].sort((one, other) => one.seed - other.seed);
  const values = rows.map(({ parts }) => sumOf(parts));
  if (values.length === 0) throw new RangeError('There is no seed to take a mean of');
  const [seeds, mean] = [values.length, meanOf(values)];
  const isSteady = deviations.every((one) => one === 0);
  const isAlike = isSteady && values.every((value) => value === values[0]);
  if (seeds === 1 || isAlike) return { mean, low: mean, high: mean, seeds };
  const means = resampledMeans(rows, deviations, seedsAgain);
  return { mean, low: quantileSorted(means, tail), high: quantileSorted(means, 1 - tail), seeds };
}

/**
 * Means of other runs, in rising order: for each, first seeds are drawn from those there were, as these
 * were drawn from all there could be, and the other run's are drawn from them (on prediction intervals
 * see Tian, Nordman and Meeker 2020, arXiv 2011.03065). From n seeds, n - 1 are drawn, since n of them
 * would differ too little (Rao and Wu 1988); in the second place it is fewer in the same measure.
 */
function resampledMeans(
  rows: readonly Row[],
  deviations: readonly number[],
  seedsAgain: number,
): readonly number[] {
  const random = randomOf(resamplingSeed);
  const { length } = rows;
  const valuesAgain = atOtherPaces(rows, deviations, random);
  const again = Math.max(1, Math.round((seedsAgain * (length - 2)) / length));
  const means = Float64Array.from({ length: resamples }, () => {
    const supposed = sampleWithReplacement(valuesAgain(), length - 1, random);
    return sumOf(sampleWithReplacement(supposed, again, random)) / again;
  });
  return [...means.sort()];
}

/**
 * What the seeds would have given, had each round been as fast as usual, and then as fast or slow as
 * the other run happens to be. That one may be short, so all of it has one pace.
 */
function atOtherPaces(
  rows: readonly Row[],
  deviations: readonly number[],
  random: Random,
): () => number[] {
  const values = rows.map(({ parts }) => sumOf(parts));
  if (deviations.every((deviation) => deviation === 0)) return () => values;
  const rounds = [...new Set(rows.map(({ round }) => round))];
  const places = rows.map(({ round }) => rounds.indexOf(round));
  return () => {
    values.fill(0);
    for (const [which, deviation] of deviations.entries()) {
      const paces = pacesOf(rounds.length, deviation, random);
      for (const [index, { parts }] of rows.entries()) {
        values[index]! += parts[which]! * paces[places[index]!]!;
      }
    }
    return values;
  };
}

/** Of the other run, as against that of each round. */
function pacesOf(rounds: number, deviation: number, random: Random): readonly number[] {
  const again = normal(random);
  return Array.from({ length: rounds }, () => Math.exp(deviation * (again - normal(random))));
}

/** Of mean 0 and standard deviation 1, by the method of Box and Muller (1958). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const mostHalvings = 200;
const exactness = 1e-15;

/**
 * By how much one round of a run is slower or faster than usual, beyond what its seeds explain: the
 * machine is not always as fast, and orders may fall in step or not. It is the standard deviation of
 * the logarithm of a time, so 0.05 is about 5 %, by the estimate of Paule and Mandel (1982, Consensus
 * values and weighting factors).
 * @param cells what the seeds of each gave; one without two seeds in each of two rounds says nothing
 * @returns 0 where the seeds explain all of it, and where nothing is known
 */
export function roundDeviationOf(cells: readonly (readonly Reading[])[]): number {
  const known = cells.flatMap((cell) => spreadOf(cell) ?? []);
  /** Falls with the variance, and is 0 when the variance is that of the rounds. */
  const excess = (variance: number): number =>
    sumOf(
      known.map(({ between, within }) => (between === 0 ? -1 : between / (variance + within) - 1)),
    );
  if (!(excess(0) > 0)) return 0;
  const most = meanOf(known.map(({ between }) => between));
  return Math.sqrt(bisect(excess, 0, most, mostHalvings, exactness * most));
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
 * The bootstrap says nothing about that: from zeros it draws nothing but zeros.
 */
export const mostWhenNoneIn = (orders: number): number => 1 - 0.05 ** (1 / orders);

/**
 * How many there may be in another run when there was none in so many. Were there more, chance would
 * hardly have put all of them into the other run (Fisher's exact test, 5 %).
 */
export function mostAgainAfterNone(orders: number, ordersAgain: number): number {
  let most = 0;
  let chance = 1;
  while (most < ordersAgain) {
    chance *= (ordersAgain - most) / (orders + ordersAgain - most);
    if (chance < 0.05) break;
    most += 1;
  }
  return most;
}
