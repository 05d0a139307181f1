import { meanOf, sumOf } from '../../mean.js';
import { randomOf, type Random } from '../../prove-events/random.js';

/** What one seed gave. */
export interface Reading {
  readonly value: number;
  /** In which round of the run. */
  readonly round: number;
}

export type BySeed = ReadonlyMap<number, Reading>;

/** One measure of one arm. */
export interface Sample {
  readonly bySeed: BySeed;
  /** Of the rounds, see unsteadinessOf; 0 for what does not depend on how fast the machine is. */
  readonly unsteadiness: number;
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
  { bySeed, unsteadiness }: Sample,
  seedsAgain: number = bySeed.size,
): Interval => {
  const rows = [...bySeed].map(([seed, { value, round }]) => ({ seed, round, parts: [value] }));
  return expectedAgain(rows, [unsteadiness], seedsAgain);
};

/**
 * By how much one is more than the other. Paired: a seed has the same schedule in every arm. The pace
 * is not taken to be alike for both: their cells ran one after the other.
 * @returns undefined when they have no seed in common
 */
export function differenceOf(one: Sample, other: Sample): Interval | undefined {
  const rows = [...one.bySeed].flatMap(([seed, { value, round }]) => {
    const against = other.bySeed.get(seed);
    return against === undefined ? [] : [{ seed, round, parts: [value, -against.value] }];
  });
  if (rows.length === 0) return undefined;
  return expectedAgain(rows, [one.unsteadiness, other.unsteadiness], rows.length);
}

/** What a seed gave, to be added up: each part depends on the machine by itself. */
interface Row {
  readonly seed: number;
  readonly round: number;
  readonly parts: readonly number[];
}

/** @param unsteadiness of each part */
function expectedAgain(
  unordered: readonly Row[],
  unsteadiness: readonly number[],
  seedsAgain: number,
): Interval {
  // By seed, so that the order in which they were written down does not matter.
  const rows = [...unordered].sort((one, other) => one.seed - other.seed);
  const values = rows.map(({ parts }) => sumOf(parts));
  if (values.length === 0) throw new RangeError('There is no seed to take a mean of');
  const [seeds, mean] = [values.length, meanOf(values)];
  const isSteady = unsteadiness.every((one) => one === 0);
  const isAlike = isSteady && values.every((value) => value === values[0]);
  if (seeds === 1 || isAlike) return { mean, low: mean, high: mean, seeds };
  const means = meansAgain(rows, unsteadiness, seedsAgain);
  const at = (share: number) => means[Math.round(share * (resamples - 1))] ?? mean;
  return { mean, low: at(tail), high: at(1 - tail), seeds };
}

/**
 * Means of other runs, in rising order: for each, first seeds are drawn from those there were, as these
 * were drawn from all there could be, and the other run's are drawn from them (on prediction intervals
 * see Tian, Nordman and Meeker 2020, arXiv 2011.03065). From n seeds, n - 1 are drawn, since n of them
 * would differ too little (Rao and Wu 1988); in the second place it is fewer in the same measure.
 */
function meansAgain(
  rows: readonly Row[],
  unsteadiness: readonly number[],
  seedsAgain: number,
): Float64Array {
  const random = randomOf(resamplingSeed);
  const { length } = rows;
  const valuesAgain = atOtherPaces(rows, unsteadiness, random);
  const supposed = new Int32Array(length - 1);
  const again = Math.max(1, Math.round((seedsAgain * (length - 2)) / length));
  return Float64Array.from({ length: resamples }, () => {
    const values = valuesAgain();
    for (let drawn = 0; drawn < supposed.length; drawn += 1) {
      supposed[drawn] = Math.floor(random() * length);
    }
    let sum = 0;
    for (let drawn = 0; drawn < again; drawn += 1) {
      sum += values[supposed[Math.floor(random() * supposed.length)]!]!;
    }
    return sum / again;
  }).sort();
}

/**
 * What the seeds would have given, had each round been as fast as usual, and then as fast or slow as
 * the other run happens to be. That one may be short, so all of it has one pace.
 * @returns draws them anew each time, into the same array
 */
function atOtherPaces(
  rows: readonly Row[],
  unsteadiness: readonly number[],
  random: Random,
): () => Float64Array {
  const values = Float64Array.from(rows, ({ parts }) => sumOf(parts));
  if (unsteadiness.every((spread) => spread === 0)) return () => values;
  const rounds = [...new Set(rows.map(({ round }) => round))];
  const places = rows.map(({ round }) => rounds.indexOf(round));
  return () => {
    const paces = unsteadiness.map((spread) => pacesOf(rounds.length, spread, random));
    for (const [index, { parts }] of rows.entries()) {
      const place = places[index]!;
      values[index] = sumOf(parts.map((part, which) => part * paces[which]![place]!));
    }
    return values;
  };
}

/** Of the other run, as against that of each round. */
function pacesOf(rounds: number, spread: number, random: Random): readonly number[] {
  const again = normal(random);
  return Array.from({ length: rounds }, () => Math.exp(spread * (again - normal(random))));
}

/** Of mean 0 and standard deviation 1, by the method of Box and Muller (1958). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
