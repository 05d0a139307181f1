import type { VariantName } from '../data/names.js';
import { differenceOf, type Interval, type Sample } from './intervals.js';

export type Better = 'less' | 'more';

/** A variant with its figure: measured for each seed, or counted once and for all. */
export interface Contender {
  readonly name: VariantName;
  readonly value: number;
  /** Absent for what was counted: there a difference of any size is one. */
  readonly sample?: Sample;
}

export type Ranking =
  /** Nothing to compare: fewer than two variants have a figure. */
  | { readonly kind: 'nothing' }
  /** All variants have the same figure, seed by seed. */
  | { readonly kind: 'equal' }
  /** Chance alone may have put the last one last. */
  | { readonly kind: 'unclear'; readonly last: VariantName }
  | {
      readonly kind: 'lost';
      /** The last, and those that cannot be told from it. */
      readonly losers: readonly VariantName[];
      /** The first, and those that cannot be told from it. */
      readonly best: readonly VariantName[];
      /** By how much the last lies behind the first; absent for what was counted. */
      readonly behind?: Interval;
    };

export function rank(contenders: readonly Contender[], better: Better): Ranking {
  const sign = better === 'less' ? 1 : -1;
  const ranked = [...contenders].sort((one, other) => sign * (one.value - other.value));
  const [first, last] = [ranked[0], ranked.at(-1)];
  if (first === undefined || last === undefined || first === last) return { kind: 'nothing' };
  if (ranked.every((contender) => isEqual(contender, first))) return { kind: 'equal' };
  const namesLike = (extreme: Contender) =>
    contenders.filter((contender) => !differs(contender, extreme)).map(({ name }) => name);
  const losers = namesLike(last);
  if (losers.includes(first.name)) return { kind: 'unclear', last: last.name };
  const behind = last.sample && first.sample && differenceOf(last.sample, first.sample);
  // A variant in the middle that can be told from neither end has neither lost nor won.
  const best = namesLike(first);
  return {
    kind: 'lost',
    losers: losers.filter((name) => !best.includes(name)),
    best: best.filter((name) => !losers.includes(name)),
    ...(behind && { behind }),
  };
}

/** Whether the two would differ in the same way in another run. */
function differs(one: Contender, other: Contender): boolean {
  if (one.sample === undefined || other.sample === undefined) return one.value !== other.value;
  const difference = differenceOf(one.sample, other.sample);
  if (difference === undefined || difference.seeds < 2) return false;
  return difference.low > 0 || difference.high < 0;
}

function isEqual(one: Contender, other: Contender): boolean {
  if (one.sample === undefined || other.sample === undefined) return one.value === other.value;
  const against = other.sample.bySeed;
  const common = [...one.sample.bySeed].filter(([seed]) => against.has(seed));
  return (
    common.length > 0 && common.every(([seed, { value }]) => against.get(seed)?.value === value)
  );
}
