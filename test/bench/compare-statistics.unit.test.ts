import { describe, expect, test } from 'vitest';
import type { VariantName } from '../../bench/compare/data/names.js';
import {
  differenceOf,
  intervalOf,
  mostAgainAfterNone,
  mostWhenNoneIn,
  roundDeviationOf,
  type Sample,
} from '../../bench/compare/statistics/intervals.js';
import { rank, type Contender } from '../../bench/compare/questions/findings.js';
import { randomOf, type Random } from '../../bench/harness/random.js';
import { meanOf, sumOf } from '../../bench/harness/statistics.js';

/** Of a machine that is always as fast as now, in one round, unless it is said to be another. */
const sampleOf = (values: readonly number[], rounds = 1, roundDeviation = 0): Sample => ({
  bySeed: new Map(
    values.map((value, index) => [index + 1, { value, round: 1 + (index % rounds) }]),
  ),
  roundDeviation,
});
const steady = (...values: readonly number[]) => sampleOf(values);

/** About normal, of mean 0 and standard deviation 1. */
const chance = (random: Random): number => sumOf(Array.from({ length: 12 }, () => random())) - 6;

/** Ten seeds of one cell, that differ by a tenth, in two rounds that the machine makes differ. */
function aCell(random: Random, machine: number): readonly number[] {
  const paces = [1, 2].map(() => machine * chance(random));
  return Array.from({ length: 10 }, (_unused, index) =>
    Math.exp(paces[index % 2]! + 0.1 * chance(random)),
  );
}

describe('an interval', () => {
  /** How often another run lies in the interval of one. */
  function coverage(machine: number, interval: (values: readonly number[]) => Sample): number {
    const random = randomOf(5);
    const runs = Array.from({ length: 200 }, () => {
      const { low, high } = intervalOf(interval(aCell(random, machine)));
      const again = meanOf(aCell(random, machine));
      return low <= again && again <= high;
    });
    return runs.filter(Boolean).length / runs.length;
  }

  test('has another run in it in about 95 of 100', () => {
    const share = coverage(0, (seeds) => sampleOf(seeds, 2));
    expect(share).toBeGreaterThan(0.91);
    expect(share).toBeLessThan(0.99);
  });

  test('has it also where the machine is not always as fast, but only when it knows that', () => {
    expect(coverage(0.2, (seeds) => sampleOf(seeds, 2, 0.2))).toBeGreaterThan(0.91);
    expect(coverage(0.2, (seeds) => sampleOf(seeds, 2))).toBeLessThan(0.8);
  });

  test('of figures that are all alike has no width, unless the machine makes them differ', () => {
    expect(intervalOf(steady(0, 0, 0))).toEqual({ mean: 0, low: 0, high: 0, seeds: 3 });
    const { low, high } = intervalOf(sampleOf([8, 8, 8, 8], 2, 0.1));
    expect(low).toBeLessThan(7.5);
    expect(high).toBeGreaterThan(8.5);
  });

  test('of two seeds lies between them, and of one is a point', () => {
    expect(intervalOf(steady(2, 6))).toEqual({ mean: 4, low: 2, high: 6, seeds: 2 });
    expect(intervalOf(sampleOf([2], 1, 0.1))).toEqual({ mean: 2, low: 2, high: 2, seeds: 1 });
  });

  test('needs a figure', () => {
    expect(() => intervalOf(steady())).toThrow('no seed');
  });

  test('of a difference is paired by seed: what all arms suffer alike cancels out', () => {
    const hard = steady(10, 90, 40, 70);
    const harder = steady(12, 92, 42, 72);
    expect(differenceOf(harder, hard)).toEqual({ mean: 2, low: 2, high: 2, seeds: 4 });
  });

  test('of a difference does not count on a machine that is alike for both', () => {
    const one = sampleOf([100, 100, 100, 100], 2, 0.1);
    const { low, high } = differenceOf(one, one)!;
    expect(low).toBeLessThan(-20);
    expect(high).toBeGreaterThan(20);
  });

  test('of a difference takes the seeds that both have, and needs one', () => {
    const ofSeeds = (...seeds: readonly (readonly [number, number])[]): Sample => ({
      bySeed: new Map(seeds.map(([seed, value]) => [seed, { value, round: 1 }])),
      roundDeviation: 0,
    });
    const one = ofSeeds([1, 5], [2, 7]);
    expect(differenceOf(one, ofSeeds([2, 3], [9, 4]))).toMatchObject({ mean: 4, seeds: 1 });
    expect(differenceOf(one, ofSeeds([9, 4]))).toBeUndefined();
  });
});

describe('what the machine alone does to a time', () => {
  const readingsOf = (values: readonly number[]) => [...sampleOf(values, 2).bySeed.values()];
  const estimated = (machine: number, random = randomOf(3)): number =>
    roundDeviationOf(Array.from({ length: 80 }, () => readingsOf(aCell(random, machine))));

  test.each([0.05, 0.1, 0.3])('is found again among the seeds: %s', (machine) => {
    expect(estimated(machine) / machine).toBeGreaterThan(0.75);
    expect(estimated(machine) / machine).toBeLessThan(1.25);
  });

  test('is next to nothing where the seeds explain all', () => {
    expect(estimated(0)).toBeLessThan(0.025);
    expect(roundDeviationOf([readingsOf([2, 2, 2, 2])])).toBe(0);
  });

  test('is not drowned by some cells whose seeds differ widely', () => {
    const random = randomOf(8);
    const calm = Array.from({ length: 60 }, () => readingsOf(aCell(random, 0.05)));
    const wild = Array.from({ length: 20 }, () =>
      readingsOf(Array.from({ length: 10 }, () => Math.exp(chance(random)))),
    );
    expect(roundDeviationOf([...calm, ...wild])).toBeLessThan(0.1);
  });

  test('is not known of one round, of single seeds, or of what takes no time', () => {
    expect(roundDeviationOf([])).toBe(0);
    expect(roundDeviationOf([[...steady(1, 2, 3, 4).bySeed.values()]])).toBe(0);
    expect(roundDeviationOf([readingsOf([1, 2])])).toBe(0);
    expect(roundDeviationOf([readingsOf([0, 2, 0, 3])])).toBe(0);
  });
});

test('not once in 300 still leaves room for about one in a hundred', () => {
  expect(mostWhenNoneIn(300)).toBeCloseTo(0.00994, 4);
});

test.each([
  [200, 200, 4],
  [100, 10, 1],
  [100, 1, 0],
  [10, 100, 31],
])('not once in %d, there may be in another %d: %d', (orders, ordersAgain, most) => {
  expect(mostAgainAfterNone(orders, ordersAgain)).toBe(most);
});

describe('a verdict', () => {
  const measured = (name: VariantName, ...values: readonly number[]): Contender => {
    const sample = steady(...values);
    return { name, value: intervalOf(sample).mean, sample };
  };
  const counted = (name: VariantName, value: number): Contender => ({ name, value });
  const alike = (name: VariantName): Contender => ({
    ...counted(name, 2),
    sample: sampleOf([1, 3, 1, 3], 2, 0.1),
  });
  const [none = [], ones = [], fives = []] = [0, 1, 5].map((value) => Array<number>(6).fill(value));

  test('names the arm that loses, those that do not, and by how much', () => {
    const contenders = [
      measured('saga', ...none),
      measured('naive', 4, 6, 5, 7, 5, 3),
      measured('outbox', ...none),
    ];
    const ranking = rank(contenders, 'less');
    expect(ranking).toMatchObject({ kind: 'lost', losers: ['naive'], best: ['saga', 'outbox'] });
    expect(ranking).toHaveProperty('behind.mean', 5);
    expect(rank(contenders, 'more')).toMatchObject({
      losers: ['saga', 'outbox'],
      best: ['naive'],
    });
  });

  test.each<[rule: string, contenders: readonly Contender[], ranking: object]>([
    [
      'lets nobody lose by what may be chance',
      [measured('saga', 0, 9, 1, 8, 2, 7), measured('mix', 8, 1, 9, 2, 7, 1)],
      { kind: 'unclear', last: 'mix' },
    ],
    [
      'lets nobody lose by a single seed',
      [measured('saga', 1), measured('mix', 2)],
      { kind: 'unclear', last: 'mix' },
    ],
    [
      'counts a tie as one',
      [measured('saga', ...none), measured('mix', ...none)],
      { kind: 'equal' },
    ],
    [
      'knows figures that are the same seed by seed, also where the machine is not steady',
      [alike('saga'), alike('mix')],
      { kind: 'equal' },
    ],
    [
      'leaves an arm in the middle out that can be told from neither end',
      [measured('saga', ...ones), measured('mix', 0, 6, 0, 6, 0, 6), measured('naive', ...fives)],
      { losers: ['naive'], best: ['saga'] },
    ],
    [
      'of what was counted takes any difference for one',
      [counted('saga', 3), counted('outbox', 4), counted('mix', 3)],
      { kind: 'lost', losers: ['outbox'], best: ['saga', 'mix'] },
    ],
    ['needs two arms', [counted('saga', 3)], { kind: 'nothing' }],
    ['needs any arm', [], { kind: 'nothing' }],
  ])('%s', (_rule, contenders, ranking) => {
    expect(rank(contenders, 'less')).toMatchObject(ranking);
  });
});
