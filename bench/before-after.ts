import { decimal, markdownTable, whole, type Row } from './markdown.js';
import type { Report } from './report.js';
import { summarize, type ArmSummary } from './summary.js';

/** The service and the yardstick that no change of ours moves. */
interface Pair {
  readonly service: ArmSummary;
  readonly plain: ArmSummary;
}

/**
 * What a change of the service cost an order, as a Markdown table. The machine differs from run to
 * run, so each figure stands beside its ratio to the plain saga of the same run.
 */
export function beforeAfterTable(before: Report, after: Report): string {
  const pairs = [pairOf(before), pairOf(after)];
  const row = (label: string, figure: (arm: ArmSummary) => number, show = decimal): Row => [
    label,
    ...pairs.flatMap(({ service, plain }) => [
      show(figure(service)),
      (figure(service) / figure(plain)).toFixed(2),
    ]),
  ];
  return markdownTable([
    ['service, providers answer in 0 ms', 'before', '/ plain saga', 'after', '/ plain saga'],
    row('delivered per second', (arm) => arm.endedPerSecond),
    row('request → accepted, p50 ms', (arm) => arm.accepted.p50, whole),
    row('request → accepted, p99 ms', (arm) => arm.accepted.p99, whole),
    row('request → confirmed, p50 ms', confirmed('p50'), whole),
    row('request → confirmed, p95 ms', confirmed('p95'), whole),
    row('history events', (arm) => arm.events),
    row('billable actions', (arm) => arm.actions),
    row('CPU ms, service and stores', (arm) => arm.serviceCpuMs),
    row('– of this the relay', (arm) => arm.cpuMs.relay ?? 0),
    row('write transactions, both', (arm) => arm.writeTransactions),
    row('write-ahead log KiB, both', (arm) => arm.walKib),
  ]);
}

/** Not a number where no order was confirmed. */
const confirmed =
  (percentile: 'p50' | 'p95') =>
  (arm: ArmSummary): number =>
    arm.confirmed?.[percentile] ?? Number.NaN;

/** @throws Error when the run left one of the two out */
function pairOf(report: Report): Pair {
  const arms = summarize(report).find(({ latencyMs }) => latencyMs === 0)?.arms ?? [];
  const find = (name: ArmSummary['arm']) => arms.find(({ arm }) => arm === name);
  const [service, plain] = [find('service'), find('plain')];
  if (service === undefined || plain === undefined) throw new Error('A run without both sagas');
  return { service, plain };
}
