import type { ArmName } from '../data/names.js';
import { differenceOf, type Interval, type Sample } from './bootstrap.js';

export type Better = 'less' | 'more';

/** An arm with its figure: measured for each seed, or counted once and for all. */
export interface Contender {
  readonly arm: ArmName;
  readonly value: number;
  /** Absent for what was counted: there a difference of any size is one. */
  readonly sample?: Sample;
}

export type Verdict =
  /** Nothing to compare: fewer than two arms have a figure. */
  | { readonly kind: 'nothing' }
  /** All arms have the same figure, seed by seed. */
  | { readonly kind: 'equal' }
  /** Chance alone may have put the last one last. */
  | { readonly kind: 'unclear'; readonly last: ArmName }
  | {
      readonly kind: 'lost';
      /** The last, and those that cannot be told from it. */
      readonly losers: readonly ArmName[];
      /** The first, and those that cannot be told from it. */
      readonly best: readonly ArmName[];
      /** By how much the last lies behind the first; absent for what was counted. */
      readonly behind?: Interval;
    };

/** Who loses. */
export function judge(contenders: readonly Contender[], better: Better): Verdict {
  const sign = better === 'less' ? 1 : -1;
  const ranked = [...contenders].sort((one, other) => sign * (one.value - other.value));
  const [first, last] = [ranked[0], ranked.at(-1)];
  if (first === undefined || last === undefined || first === last) return { kind: 'nothing' };
  if (ranked.every((contender) => isEqual(contender, first))) return { kind: 'equal' };
  const armsLike = (extreme: Contender) =>
    contenders.filter((contender) => !isTold(contender, extreme)).map(({ arm }) => arm);
  const losers = armsLike(last);
  if (losers.includes(first.arm)) return { kind: 'unclear', last: last.arm };
  const behind = last.sample && first.sample && differenceOf(last.sample, first.sample);
  // An arm in the middle that can be told from neither end has neither lost nor won.
  const best = armsLike(first);
  return {
    kind: 'lost',
    losers: losers.filter((arm) => !best.includes(arm)),
    best: best.filter((arm) => !losers.includes(arm)),
    ...(behind && { behind }),
  };
}

/** Whether the two would differ in the same way in another run. */
function isTold(one: Contender, other: Contender): boolean {
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
