import { variantNames, type VariantName } from '../data/names.js';
import { differenceOf, type Interval, type Sample } from '../statistics/intervals.js';
import { listed, shown, shownDifference, shownRange } from './figures.js';
import type { Figure, Line, Panel, Unit } from './figures.js';

export type Finding = ReturnType<typeof findingsOf>[number];

export const findingsOf = ({ unit, lines, better = 'less' }: Panel) =>
  lines.map((line) => {
    const ranking = rank(contendersOf(line), better);
    return {
      measure: line.title,
      words: wordsOf(ranking, line, unit),
      loses: ranking.kind === 'lost' ? listed(ranking.losers) : nobody[ranking.kind],
      best: ranking.kind === 'lost' ? listed(ranking.best) : '–',
    };
  });

const nobody: Readonly<Record<Exclude<Ranking['kind'], 'lost'>, string>> = {
  nothing: '–',
  equal: 'nobody',
  unclear: 'not clear',
};

export const isAboveZero = (figure: Figure): boolean =>
  (figure.kind === 'measured' && figure.interval.high > 0) ||
  (figure.kind === 'counted' && figure.value > 0);

export function shownFigure(figure: Figure, unit: Unit): string {
  switch (figure.kind) {
    case 'measured':
      return shown(figure.interval.mean, unit) + intervalAfter(figure.interval, unit);
    case 'counted':
      return shown(figure.value, unit);
    case 'not_applicable':
      return 'not applicable';
    case 'not_measured':
      return 'not measured';
  }
}

function wordsOf(ranking: Ranking, line: Line, unit: Unit): string {
  const figure = (name: VariantName) => shownFigure(line.figures[name], unit);
  const named = (name: VariantName) => `${name} with ${figure(name)}`;
  switch (ranking.kind) {
    case 'nothing':
      return 'Fewer than two arms have a figure, so nobody can lose.';
    case 'equal':
      return `No arm loses: all that have a figure have ${shown(valueOfAny(line), unit)}.`;
    case 'unclear':
      return `No arm clearly loses. Last is ${named(ranking.last)}, which may be chance.`;
    case 'lost': {
      const { losers, best, behind } = ranking;
      const [only] = losers;
      const loss =
        only !== undefined && losers.length === 1
          ? `${only} loses with ${figure(only)}`
          : `${listed(losers)} lose: ${listed(losers.map(named))}`;
      return `${loss}. Best: ${listed(best.map(named))}.${gapOf(behind, unit)}`;
    }
  }
}

function gapOf(behind: Interval | undefined, unit: Unit): string {
  if (behind === undefined) return '';
  const { mean, low, high } = behind;
  const gap = ` From first to last it is ${shownDifference(Math.abs(mean), unit)}`;
  if (low === high) return `${gap}.`;
  const [least = 0, most = 0] = [Math.abs(low), Math.abs(high)].sort((one, other) => one - other);
  return `${gap} (${shownRange(least, most, unit, shownDifference)}).`;
}

function intervalAfter({ low, high, seeds }: Interval, unit: Unit): string {
  if (seeds === 1) return ' (one seed)';
  return low === high ? '' : ` (${shownRange(low, high, unit)})`;
}

const contendersOf = ({ figures }: Line): readonly Contender[] =>
  variantNames.flatMap((name): readonly Contender[] => {
    const figure = figures[name];
    if (figure.kind === 'counted') return [{ name, value: figure.value }];
    if (figure.kind !== 'measured') return [];
    return [{ name, value: figure.interval.mean, sample: figure.sample }];
  });

const valueOfAny = (line: Line): number => contendersOf(line)[0]?.value ?? 0;

export interface Contender {
  readonly name: VariantName;
  readonly value: number;
  /** Absent for what was counted: there a difference of any size is one. */
  readonly sample?: Sample;
}

type Ranking = ReturnType<typeof rank>;

/** The last lose, and the first are best: each with those that cannot be told from it. */
export function rank(contenders: readonly Contender[], better: 'less' | 'more') {
  const sign = better === 'less' ? 1 : -1;
  const ranked = [...contenders].sort((one, other) => sign * (one.value - other.value));
  const [first, last] = [ranked[0], ranked.at(-1)];
  if (first === undefined || last === undefined || first === last) {
    return { kind: 'nothing' } as const;
  }
  if (ranked.every((contender) => isEqual(contender, first))) return { kind: 'equal' } as const;
  const namesLike = (extreme: Contender) =>
    contenders.filter((contender) => !differs(contender, extreme)).map(({ name }) => name);
  const losers = namesLike(last);
  // Chance alone may have put the last one last.
  if (losers.includes(first.name)) return { kind: 'unclear', last: last.name } as const;
  const behind = last.sample && first.sample && differenceOf(last.sample, first.sample);
  // A variant in the middle that can be told from neither end has neither lost nor won.
  const best = namesLike(first);
  return {
    kind: 'lost',
    losers: losers.filter((name) => !best.includes(name)),
    best: best.filter((name) => !losers.includes(name)),
    behind,
  } as const;
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
