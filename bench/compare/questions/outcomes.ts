import type { Run, Tally } from '../data/runs.js';
import { armNames, faultNames, type FaultName } from '../data/names.js';
import type { Answer, Line, Panel } from './answer.js';
import { commonFaults, shareOf, runsLine } from './figures.js';
import { findingsOf, isAboveZero, listed } from './findings.js';
import { faultTitles } from './titles.js';

/** How many orders ended so, by fault: the questions that the ledgers answer. */
export const outcomeAnswers = (runs: readonly Run[]): readonly Answer[] => [
  byFault(runs, 'wrong', {
    name: 'wrong',
    question: 'Do money and goods agree afterwards?',
    reading:
      'Share of the orders that have ended although the ledgers break a rule: wrong, and nobody is told.',
  }),
  brokenRules(runs),
  byFault(runs, 'stuck', {
    name: 'stuck',
    question: 'What hangs?',
    reading:
      'Share of the orders that at the limit have neither ended nor wait for a named person or event.',
  }),
  byFault(runs, 'waitingForPerson', {
    name: 'person',
    question: 'What waits for a person?',
    reading:
      'Share of the orders that call for a person, by name and with a reason. It is work, but nothing is lost from sight: an arm that does not notice asks nobody, so this belongs together with what is wrong and what hangs.',
  }),
];

type Asked = Pick<Answer, 'name' | 'question' | 'reading'>;

function byFault(runs: readonly Run[], tally: Tally, asked: Asked): Answer {
  const line = (title: string, faults: readonly FaultName[]) =>
    runsLine(title, runs, faults, shareOf(tally));
  const common = commonFaults(runs);
  const together = line(togetherTitle(common), common);
  const each = faultNames.map((fault) => line(faultTitles[fault], [fault]));
  const panel: Panel = { title: 'of the orders', unit: 'percent', lines: [together, ...each] };
  return {
    ...asked,
    panels: [panel],
    findings: findingsOf({ ...panel, lines: [together] }, 'less'),
    notes: whereabouts(each),
  };
}

/** Under which faults there was any, arm by arm. */
const whereabouts = (lines: readonly Line[]): readonly string[] =>
  armNames.flatMap((arm) => {
    const measured = lines.filter(({ figures }) => figures[arm].kind === 'measured');
    const places = measured.filter(({ figures }) => isAboveZero(figures[arm]));
    if (measured.length === 0) return [];
    const titles = listed(places.map(({ title }) => title));
    return [places.length === 0 ? `${arm}: nowhere.` : `${arm}: when ${titles}.`];
  });

const rules: readonly (readonly [Tally, string])[] = [
  ['leakedHolds', 'goods held for an order that is over'],
  ['chargedCancelled', 'charged, and cancelled'],
  ['doubleCharges', 'charged twice'],
  ['oversold', 'sold what was not there'],
  ['needlessUndo', 'taken back without need'],
  ['untrueTold', 'the buyer was told what is not true'],
  ['eventsNotOnce', 'an event counted twice, or not at all'],
];

function brokenRules(runs: readonly Run[]): Answer {
  const common = commonFaults(runs);
  const panel: Panel = {
    title: 'of the orders',
    unit: 'percent',
    lines: rules.map(([tally, title]) => runsLine(title, runs, common, shareOf(tally))),
  };
  return {
    name: 'rules',
    question: 'Which rules are broken?',
    reading:
      `Each rule by itself, ${togetherTitle(common)}: those that every arm was put to. All orders ` +
      'count, also those that hang, and an order may break several. Goods without money, and ' +
      'money or labels left open, only count among the wrong ones.',
    panels: [panel],
    findings: findingsOf(panel, 'less'),
  };
}

const togetherTitle = (common: readonly FaultName[]): string =>
  `mean over ${common.length} common faults`;
