import { randomOf } from '../../prove-events/random.js';

/** One value for each seed. */
export type BySeed = ReadonlyMap<number, number>;

/** A mean over seeds, and where it would lie in 95 of 100 repetitions with other seeds. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Of a single seed there is no interval: both ends are the mean. */
  readonly seeds: number;
}

/** Always the same, so that the same figures give the same interval. */
const resamplingSeed = 20_240_229;
const resamples = 10_000;
const tail = 0.025;

/**
 * The mean of what the seeds gave, by a percentile bootstrap over seeds: orders of one seed share
 * their schedule of faults, so an order by itself says less than it seems to.
 * @throws RangeError without any seed
 */
export function intervalOf(values: BySeed): Interval {
  const sample = inOrder(values);
  if (sample.length === 0) throw new RangeError('There is no seed to take a mean of');
  const mean = meanOf(sample);
  const seeds = sample.length;
  if (sample.every((value) => value === sample[0])) return { mean, low: mean, high: mean, seeds };
  const means = resampledMeans(sample);
  const last = resamples - 1;
  const at = (share: number) => means[Math.round(share * last)] ?? mean;
  return { mean, low: at(tail), high: at(1 - tail), seeds };
}

/**
 * By how much one is more than the other. Paired: a seed has the same schedule in every arm.
 * @returns undefined when they have no seed in common
 */
export function differenceOf(one: BySeed, other: BySeed): Interval | undefined {
  const pairs = [...one].flatMap(([seed, value]) => {
    const against = other.get(seed);
    return against === undefined ? [] : [[seed, value - against] as const];
  });
  return pairs.length === 0 ? undefined : intervalOf(new Map(pairs));
}

function resampledMeans(sample: Float64Array): Float64Array {
  const random = randomOf(resamplingSeed);
  const { length } = sample;
  return Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let drawn = 0; drawn < length; drawn += 1) {
      sum += sample[Math.floor(random() * length)] ?? 0;
    }
    return sum / length;
  }).sort();
}

/** By seed, so that the order in which they were written down does not matter. */
const inOrder = (values: BySeed): Float64Array =>
  Float64Array.from([...values].sort(([one], [other]) => one - other).map(([, value]) => value));

const meanOf = (sample: Float64Array): number =>
  sample.reduce((sum, value) => sum + value, 0) / sample.length;
