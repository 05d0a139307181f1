import { variantNames, type VariantName } from '../data/names.js';
import type { Interval } from '../statistics/intervals.js';
import { rank, type Better, type Contender, type Ranking } from '../statistics/ranking.js';
import type { Figure, Line, Panel } from './figures.js';
import { listed, shown, shownDifference, shownRange, type Unit } from './units.js';

export interface Finding {
  readonly measure: string;
  readonly words: string;
  /** Those who lose, by name; or in a word why nobody does. */
  readonly loses: string;
  readonly best: string;
}

export const findingsOf = (
  { unit, lines }: Pick<Panel, 'unit' | 'lines'>,
  better: Better,
): readonly Finding[] =>
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
