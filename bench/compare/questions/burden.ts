import type { Cost } from '../data/cost.js';
import type { Effort } from '../data/effort.js';
import type { EffortMeasure } from '../data/names.js';
import type { Better } from '../statistics/verdict.js';
import type { Answer, Panel } from './answer.js';
import { costLine, effortLine } from './figures.js';
import { findingsOf } from './findings.js';
import { effortTitles } from './titles.js';
import type { Unit } from './units.js';

/** What an order costs the machine. */
export function costAnswer(cost: readonly Cost[]): Answer {
  const measure = (title: string, unit: Unit, of: (row: Cost) => number): Panel => ({
    title,
    unit,
    lines: [costLine(title, cost, of)],
  });
  const judged: readonly (readonly [Panel, Better])[] = [
    [measure('orders per second', 'per_second', (row) => row.ordersPerSecond), 'more'],
    [measure('CPU time per order', 'cpu_ms', (row) => row.cpuMsPerOrder), 'less'],
    [
      measure('write transactions per order', 'count', (row) => row.writeTransactionsPerOrder),
      'less',
    ],
    [measure('write-ahead log per order', 'kib', (row) => row.walKibPerOrder), 'less'],
  ];
  return {
    name: 'cost',
    question: 'What does an order cost?',
    reading:
      'At full load, while nothing goes wrong. Of orders per second more is better, of the rest less.',
    panels: judged.map(([panel]) => panel),
    findings: judged.flatMap(([panel, better]) => findingsOf(panel, better)),
  };
}

/** What the arm costs people. */
export const effortAnswers = (effort: readonly Effort[]): readonly Answer[] => [
  counted(
    effort,
    [
      'files_touched_for_fraud_check',
      'services_touched_for_fraud_check',
      'subscriptions',
      'payload_fields',
      'lines_of_code',
    ],
    {
      name: 'change',
      question: 'What does a change cost?',
      reading:
        'Counted once, so without an interval: what a fraud check touches that was added for real, and what there is to know before one can add it.',
    },
  ),
  counted(effort, ['operator_commands_to_find', 'operator_commands_to_mend'], {
    name: 'mend',
    question: 'How many commands to find and mend one stuck order?',
    reading:
      'Counted once, so without an interval: commands typed by somebody who has the runbook and does not know the order yet.',
  }),
];

function counted(
  effort: readonly Effort[],
  measures: readonly EffortMeasure[],
  asked: Pick<Answer, 'name' | 'question' | 'reading'>,
): Answer {
  const panels = measures.map((measure): Panel => {
    const title = effortTitles[measure];
    return { title, unit: 'count', lines: [effortLine(title, effort, measure)] };
  });
  return { ...asked, panels, findings: panels.flatMap((panel) => findingsOf(panel, 'less')) };
}
