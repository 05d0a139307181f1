import { faultNames } from '../data/names.js';
import type { Run, RunTime } from '../data/runs.js';
import type { Answer, Panel } from './answer.js';
import { runsLine, timeOf, unsteadinessIn } from './figures.js';
import { findingsOf } from './findings.js';
import { faultTitles } from './titles.js';
import { shown } from './units.js';

export const timeAnswers = (runs: readonly Run[]): readonly Answer[] => [
  speed(runs),
  recovery(runs),
];

function speed(runs: readonly Run[]): Answer {
  const panel = (title: string, times: Readonly<Record<string, RunTime>>): Panel => ({
    title,
    unit: 'milliseconds',
    lines: Object.entries(times).map(([percentile, time]) =>
      runsLine(`${title}, ${percentile}`, runs, ['none'], timeOf(time)),
    ),
  });
  const panels = [
    panel('until the buyer knows', { p50: 'answerP50Ms', p95: 'answerP95Ms', p99: 'answerP99Ms' }),
    panel('until the order has ended', { p50: 'endP50Ms', p95: 'endP95Ms', p99: 'endP99Ms' }),
  ];
  return {
    name: 'speed',
    question: 'How fast is the answer, and the end?',
    reading:
      'From the request on, while nothing goes wrong. Each is the percentile of one seed, averaged over the seeds. An order that never ends has no time and is not in here. ' +
      steadiness(runs),
    panels,
    findings: panels.flatMap((one) => findingsOf(one, 'less')),
  };
}

/** What there is to know of the rounds. */
function steadiness(runs: readonly Run[]): string {
  if (new Set(runs.map(({ round }) => round)).size < 2) {
    return 'All was run at one time, so the intervals do not know that a machine is faster at one time than at another.';
  }
  const share = (time: RunTime) => shown(100 * unsteadinessIn(runs, timeOf(time)), 'percent');
  return (
    `Beyond what the seeds explain, the p50 of the answer was about ${share('answerP50Ms')} faster or ` +
    `slower than usual in a round, and that of the end about ${share('endP50Ms')}; the intervals allow for that.`
  );
}

function recovery(runs: readonly Run[]): Answer {
  const measured = faultNames.filter((fault) =>
    runs.some((run) => run.fault === fault && run.recoveryMs !== undefined),
  );
  const panel: Panel = {
    title: 'until it runs again',
    unit: 'milliseconds',
    lines: measured.map((fault) =>
      runsLine(faultTitles[fault], runs, [fault], timeOf('recoveryMs')),
    ),
  };
  return {
    name: 'recovery',
    question: 'How long until it runs again?',
    reading:
      'From the worst kill or restart of a seed until the last order that it struck went on. One that never did hangs, and is not in here: a short time is a good sign only where nothing hangs.',
    panels: [panel],
    findings: findingsOf(panel, 'less'),
  };
}
