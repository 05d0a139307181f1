import { armNames, type ArmName } from '../data/names.js';
import { judge, type Better, type Contender, type Verdict } from '../statistics/verdict.js';
import type { Interval } from '../statistics/bootstrap.js';
import type { Figure, Finding, Line, Panel } from './answer.js';
import { shown, shownDifference, shownRange, type Unit } from './units.js';

/** Who loses by each of the lines, in words. */
export const findingsOf = (
  { unit, lines }: Pick<Panel, 'unit' | 'lines'>,
  better: Better,
): readonly Finding[] =>
  lines.map((line) => {
    const verdict = judge(contendersOf(line), better);
    return {
      measure: line.title,
      words: wordsOf(verdict, line, unit),
      loses: verdict.kind === 'lost' ? listed(verdict.losers) : nobody[verdict.kind],
      best: verdict.kind === 'lost' ? listed(verdict.best) : '–',
    };
  });

const nobody: Readonly<Record<Exclude<Verdict['kind'], 'lost'>, string>> = {
  nothing: '–',
  equal: 'nobody',
  unclear: 'not clear',
};

/** Whether there was any, in one seed at least. */
export function isAboveZero(figure: Figure): boolean {
  if (figure.kind === 'measured') return figure.interval.high > 0;
  return figure.kind === 'counted' && figure.value > 0;
}

/** A figure as a cell of a table shows it. */
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

export function listed(names: readonly string[]): string {
  const [last = '', ...before] = [...names].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
}

function wordsOf(verdict: Verdict, line: Line, unit: Unit): string {
  const named = (arm: ArmName) => `${arm} with ${shownFigure(line.figures[arm], unit)}`;
  switch (verdict.kind) {
    case 'nothing':
      return 'Fewer than two arms have a figure, so nobody can lose.';
    case 'equal':
      return `No arm loses: all that have a figure have ${shown(valueOfAny(line), unit)}.`;
    case 'unclear':
      return `No arm clearly loses. Last is ${named(verdict.last)}, which may be chance.`;
    case 'lost': {
      const { losers, best, behind } = verdict;
      const [only, ...others] = losers;
      const loss =
        only !== undefined && others.length === 0
          ? `${only} loses with ${shownFigure(line.figures[only], unit)}`
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
  const ends = shownRange(least, most, unit, shownDifference);
  return `${gap} (${ends}).`;
}

/** Where all seeds gave the same there is no interval to show. */
function intervalAfter({ low, high, seeds }: Interval, unit: Unit): string {
  if (seeds === 1) return ' (one seed)';
  return low === high ? '' : ` (${shownRange(low, high, unit)})`;
}

const contendersOf = ({ figures }: Line): readonly Contender[] =>
  armNames.flatMap((arm): readonly Contender[] => {
    const figure = figures[arm];
    if (figure.kind === 'counted') return [{ arm, value: figure.value }];
    if (figure.kind !== 'measured') return [];
    return [{ arm, value: figure.interval.mean, sample: figure.sample }];
  });

const valueOfAny = (line: Line): number => contendersOf(line)[0]?.value ?? 0;
