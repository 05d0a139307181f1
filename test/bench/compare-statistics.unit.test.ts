import { describe, expect, it } from 'vitest';
import { differenceOf, intervalOf } from '../../bench/compare/statistics/bootstrap.js';
import { mostWhenNoneIn } from '../../bench/compare/statistics/none-in.js';
import { judge, type Contender } from '../../bench/compare/statistics/verdict.js';
import type { ArmName } from '../../bench/compare/data/names.js';
import { randomOf } from '../../bench/prove-events/random.js';

const bySeed = (...values: readonly number[]) =>
  new Map(values.map((value, index) => [index + 1, value]));

describe('an interval', () => {
  const values = bySeed(3, 9, 4, 7, 5, 8, 2, 6, 4, 5);

  it('is the same for the same figures, in whatever order they come', () => {
    const once = intervalOf(values);
    expect(intervalOf(values)).toEqual(once);
    expect(intervalOf(new Map([...values].reverse()))).toEqual(once);
    expect(once).toMatchObject({ mean: 5.3, seeds: 10 });
  });

  it('lies around the mean, within what was measured', () => {
    const { mean, low, high } = intervalOf(values);
    expect(low).toBeGreaterThan(2);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
    expect(high).toBeLessThan(9);
  });

  it('is about as wide as the normal distribution says, where that is right', () => {
    const random = randomOf(11);
    const many = Array.from({ length: 200 }, () => random());
    const { mean, low, high } = intervalOf(bySeed(...many));
    const squares = many.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const standardError = Math.sqrt(squares / many.length / many.length);
    expect((high - low) / (2 * 1.96 * standardError)).toBeCloseTo(1, 1);
  });

  it('covers a known mean in about 95 of 100 runs', () => {
    const random = randomOf(5);
    const runs = Array.from({ length: 150 }, () =>
      intervalOf(bySeed(...Array.from({ length: 20 }, () => random()))),
    );
    const covering = runs.filter(({ low, high }) => low <= 0.5 && high >= 0.5).length;
    expect(covering / runs.length).toBeGreaterThan(0.87);
    expect(covering / runs.length).toBeLessThanOrEqual(1);
  });

  it('of figures that are all alike has no width', () => {
    expect(intervalOf(bySeed(0, 0, 0))).toEqual({ mean: 0, low: 0, high: 0, seeds: 3 });
  });

  it('needs a figure', () => {
    expect(() => intervalOf(new Map())).toThrow('no seed');
  });

  it('of a difference is paired by seed: what all arms suffer alike cancels out', () => {
    const hard = bySeed(10, 90, 40, 70);
    const harder = bySeed(12, 92, 42, 72);
    expect(differenceOf(harder, hard)).toEqual({ mean: 2, low: 2, high: 2, seeds: 4 });
  });

  it('of a difference takes the seeds that both have, and needs one', () => {
    const one = new Map([
      [1, 5],
      [2, 7],
    ]);
    expect(
      differenceOf(
        one,
        new Map([
          [2, 3],
          [9, 4],
        ]),
      ),
    ).toMatchObject({ mean: 4, seeds: 1 });
    expect(differenceOf(one, new Map([[9, 4]]))).toBeUndefined();
  });
});

it('not once in 300 still leaves room for about one in a hundred', () => {
  expect(mostWhenNoneIn(300)).toBeCloseTo(0.00994, 4);
});

describe('a verdict', () => {
  const measured = (arm: ArmName, ...values: readonly number[]): Contender => {
    const figures = bySeed(...values);
    return { arm, value: intervalOf(figures).mean, bySeed: figures };
  };
  const none = [0, 0, 0, 0, 0, 0];

  it('names the arm that loses, those that do not, and by how much', () => {
    const contenders = [
      measured('saga', ...none),
      measured('naive', 4, 6, 5, 7, 5, 3),
      measured('outbox', ...none),
    ];
    const verdict = judge(contenders, 'less');
    expect(verdict).toMatchObject({ kind: 'lost', losers: ['naive'], best: ['saga', 'outbox'] });
    expect(verdict).toHaveProperty('behind.mean', 5);
    expect(judge(contenders, 'more')).toMatchObject({
      losers: ['saga', 'outbox'],
      best: ['naive'],
    });
  });

  it('lets nobody lose by what may be chance', () => {
    const contenders = [measured('saga', 0, 9, 1, 8, 2, 7), measured('mix', 8, 1, 9, 2, 7, 1)];
    expect(judge(contenders, 'less')).toEqual({ kind: 'unclear', last: 'mix' });
  });

  it('lets nobody lose by a single seed', () => {
    expect(judge([measured('saga', 1), measured('mix', 2)], 'less')).toMatchObject({
      kind: 'unclear',
    });
  });

  it('counts a tie as one', () => {
    expect(judge([measured('saga', ...none), measured('mix', ...none)], 'less')).toEqual({
      kind: 'equal',
    });
  });

  it('leaves an arm in the middle out that can be told from neither end', () => {
    const contenders = [
      measured('saga', 1, 1, 1, 1, 1, 1),
      measured('mix', 0, 6, 0, 6, 0, 6),
      measured('naive', 5, 5, 5, 5, 5, 5),
    ];
    expect(judge(contenders, 'less')).toMatchObject({ losers: ['naive'], best: ['saga'] });
  });

  it('of what was counted takes any difference for one', () => {
    const contenders: readonly Contender[] = [
      { arm: 'saga', value: 3 },
      { arm: 'outbox', value: 4 },
      { arm: 'mix', value: 3 },
    ];
    expect(judge(contenders, 'less')).toEqual({
      kind: 'lost',
      losers: ['outbox'],
      best: ['saga', 'mix'],
    });
  });

  it('needs two arms', () => {
    expect(judge([{ arm: 'saga', value: 3 }], 'less')).toEqual({ kind: 'nothing' });
    expect(judge([], 'less')).toEqual({ kind: 'nothing' });
  });
});
