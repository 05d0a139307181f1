import type { Comparison, Cost, Effort, Run, RunTime, Tally } from '../data/comparison.js';
import {
  effortMeasures,
  effortTitles,
  faultNames,
  faultTitles,
  type EffortMeasure,
  type FaultName,
} from '../data/names.js';
import {
  commonFaults,
  costLine,
  effortLine,
  roundDeviationIn,
  runsLine,
  shareOf,
  shown,
  timeOf,
  type Panel,
  type Unit,
} from './figures.js';
import { findingsOf, type Finding } from './findings.js';

export interface Answer {
  readonly name: string;
  readonly question: string;
  readonly reading: string;
  readonly panels: readonly Panel[];
  readonly findings: readonly Finding[];
}

type Asked = Pick<Answer, 'name' | 'question' | 'reading'>;

export const answersOf = ({ runs, cost, effort }: Comparison): readonly Answer[] => [
  ...outcomeAnswers(runs),
  speed(runs),
  recovery(runs),
  costAnswer(cost),
  ...effortAnswers(effort),
];

const outcomeAnswers = (runs: readonly Run[]): readonly Answer[] => [
  byFault(runs, 'wrong', {
    name: 'wrong',
    question: 'Do money and goods agree afterwards?',
    reading:
      'Share of the orders that have ended although the ledgers break a rule: wrong, and nobody is notified.',
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

function byFault(runs: readonly Run[], tally: Tally, asked: Asked): Answer {
  const line = (title: string, faults: readonly FaultName[]) =>
    runsLine(title, runs, faults, shareOf(tally));
  const common = commonFaults(runs);
  const together = line(togetherTitle(common), common);
  const each = faultNames.map((fault) => line(faultTitles[fault], [fault]));
  const panel: Panel = { title: 'of the orders', unit: 'percent', lines: [together, ...each] };
  return { ...asked, panels: [panel], findings: findingsOf({ ...panel, lines: [together] }) };
}

export const rules: readonly (readonly [Tally, string])[] = [
  ['leakedHolds', 'goods held for an order that has ended'],
  ['chargedCancelled', 'charged, and cancelled'],
  ['doubleCharges', 'charged twice'],
  ['oversold', 'sold what was not there'],
  ['needlessUndo', 'taken back without need'],
  ['untrueTold', 'the buyer was told what is not true'],
  ['eventsNotOnce', 'an event counted twice, or not at all'],
];

function brokenRules(runs: readonly Run[]): Answer {
  const common = commonFaults(runs);
  return answerOf(
    {
      name: 'rules',
      question: 'Which rules are broken?',
      reading:
        `Each rule by itself, ${togetherTitle(common)}: those that every arm was put to. All orders ` +
        'count, also those that hang, and an order may break several. Goods without money, and ' +
        'money or labels left open, only count among the wrong ones.',
    },
    {
      title: 'of the orders',
      unit: 'percent',
      lines: rules.map(([tally, title]) => runsLine(title, runs, common, shareOf(tally))),
    },
  );
}

const answerOf = (asked: Asked, ...panels: readonly Panel[]): Answer => ({
  ...asked,
  panels,
  findings: panels.flatMap(findingsOf),
});

const togetherTitle = (common: readonly FaultName[]): string =>
  `mean over ${common.length} common faults`;

/** Of fewer orders p95 and p99 are nearly always the same one. */
const ordersForP99 = 100;

function speed(runs: readonly Run[]): Answer {
  const orders = fewestOrders(runs);
  const isKnown = (time: RunTime) => orders >= ordersForP99 || !time.endsWith('P99Ms');
  const panel = (title: string, times: readonly RunTime[]): Panel => ({
    title,
    unit: 'milliseconds',
    lines: times.filter(isKnown).map((time) => {
      const percentile = `p${/\d+/.exec(time)?.[0]}`;
      return runsLine(`${title}, ${percentile}`, runs, ['none'], timeOf(time));
    }),
  });
  return answerOf(
    {
      name: 'speed',
      question: 'How fast is the answer, and the end?',
      reading:
        'From the request on, while nothing goes wrong. Each is the percentile of one seed, averaged over the seeds. An order that never ends has no time and is not in here. ' +
        (orders < ordersForP99 ? `A seed has ${orders} orders here, too few for a p99. ` : '') +
        steadiness(runs),
    },
    panel('until the buyer knows', ['answerP50Ms', 'answerP95Ms', 'answerP99Ms']),
    panel('until the order has ended', ['endP50Ms', 'endP95Ms', 'endP99Ms']),
  );
}

/** Of one seed in the quiet run, from which the times are. */
const fewestOrders = (runs: readonly Run[]): number =>
  Math.min(...runs.filter(({ fault }) => fault === 'none').map(({ orders }) => orders));

function steadiness(runs: readonly Run[]): string {
  if (new Set(runs.map(({ round }) => round)).size < 2) {
    return 'All was run at one time, so the intervals do not know that a machine is faster at one time than at another.';
  }
  const share = (time: RunTime) => shown(100 * roundDeviationIn(runs, timeOf(time)), 'percent');
  return (
    `Beyond what the seeds explain, the p50 of the answer was about ${share('answerP50Ms')} faster or ` +
    `slower than usual in a round, and that of the end about ${share('endP50Ms')}; the intervals allow for that.`
  );
}

const recovery = (runs: readonly Run[]): Answer =>
  answerOf(
    {
      name: 'recovery',
      question: 'How long until it runs again?',
      reading:
        'From the worst kill or restart of a seed until the last order that it struck went on. One that never did hangs, and is not in here: a short time is a good sign only where nothing hangs.',
    },
    {
      title: 'until it runs again',
      unit: 'milliseconds',
      lines: faultNames
        .filter((name) => runs.some((run) => run.fault === name && run.recoveryMs !== undefined))
        .map((name) => runsLine(faultTitles[name], runs, [name], timeOf('recoveryMs'))),
    },
  );

function costAnswer(cost: readonly Cost[]): Answer {
  const measure = (title: string, unit: Unit, of: (row: Cost) => number): Panel => ({
    title,
    unit,
    lines: [costLine(title, cost, of)],
  });
  const rate = measure('orders per second', 'per_second', (row) => row.ordersPerSecond);
  return answerOf(
    {
      name: 'cost',
      question: 'What does an order cost?',
      reading:
        'At full load, while nothing goes wrong. Of orders per second more is better, of the rest less.',
    },
    { ...rate, better: 'more' },
    measure('CPU time per order', 'cpu_ms', (row) => row.cpuMsPerOrder),
    measure('write transactions per order', 'count', (row) => row.writeTransactionsPerOrder),
    measure('write-ahead log per order', 'kib', (row) => row.walKibPerOrder),
  );
}

function effortAnswers(effort: readonly Effort[]): readonly Answer[] {
  const panel = (measure: EffortMeasure): Panel => {
    const title = effortTitles[measure];
    return { title, unit: 'count', lines: [effortLine(title, effort, measure)] };
  };
  const isOfOperator = (measure: EffortMeasure) => measure.startsWith('operator_');
  return [
    answerOf(
      {
        name: 'change',
        question: 'What does a change cost?',
        reading:
          'Counted once, so without an interval: what a fraud check touches that was added for real, and what there is to know before one can add it.',
      },
      ...effortMeasures.filter((measure) => !isOfOperator(measure)).map(panel),
    ),
    answerOf(
      {
        name: 'mend',
        question: 'How many commands to find and mend one stuck order?',
        reading:
          'Counted once, so without an interval: commands typed by a person who has the runbook and does not know the order yet.',
      },
      ...effortMeasures.filter(isOfOperator).map(panel),
    ),
  ];
}
