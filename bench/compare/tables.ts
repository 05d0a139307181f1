import { markdownTable, whole } from '../markdown.js';
import { armNames, type ArmName } from './data/names.js';
import type { Run, Tally } from './data/runs.js';

const measures: Readonly<Record<Tally | 'eventsNotOnce', string>> = {
  stuck: 'stuck',
  wrong: 'ended, but wrong',
  leakedHolds: '– goods still held',
  chargedCancelled: '– charged but cancelled',
  doubleCharges: '– charged twice',
  oversold: '– oversold',
  needlessUndo: '– undone needlessly',
  untrueTold: '– told an untruth',
  eventsNotOnce: '– somebody heard of it not once',
  waitingForPerson: 'waiting for a person',
};

/** What became of the orders of all faults and seeds, arm by arm; for the eye. */
export function outcomeTable(runs: readonly Run[]): string {
  const arms = armNames.filter((arm) => runs.some((run) => run.arm === arm));
  const sum = (arm: ArmName, count: (run: Run) => number | undefined) =>
    runs.filter((run) => run.arm === arm).reduce((total, run) => total + (count(run) ?? 0), 0);
  const row = (title: string, count: (run: Run) => number | undefined) => [
    title,
    ...arms.map((arm) => whole(sum(arm, count))),
  ];
  return markdownTable([
    ['', ...arms],
    row('orders', ({ orders }) => orders),
    ...Object.entries(measures).map(([measure, title]) =>
      row(title, (run) => run[measure as keyof typeof measures]),
    ),
  ]);
}
