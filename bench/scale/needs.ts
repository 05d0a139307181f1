import { decimal, markdownTable } from '../harness/markdown.js';
import { sumOf } from '../harness/statistics.js';
import type { ScaleReport, SizeRun } from './report.js';

const rates = [10, 100, 1_000] as const;
const [daySeconds, monthDays, gib] = [86_400, 30, 1_073_741_824];
/** A process of Node computes on one core; more than this of it, and its answers wait. */
const usableShare = 0.7;

const whole = (value: number): string => Math.ceil(value).toLocaleString('en-US');

/** What so many orders per second need, from what one costs among the most orders that were measured. */
export function needsTable({ sizes, tables }: Pick<ScaleReport, 'sizes' | 'tables'>): string {
  const cost = sizes.at(-1);
  if (cost === undefined) return 'This run left the sizes out.';
  const bytes = sumOf(tables.map(({ tableBytes, indexBytes }) => tableBytes + indexBytes));
  const row = (what: string, perSecond: number, shown: (value: number) => string = whole) => [
    what,
    ...rates.map((rate) => shown(rate * perSecond)),
  ];
  const perDay = daySeconds / gib;
  const entriesPerDay = (table: string) =>
    (tables.find((one) => one.table === table)?.rows ?? 0) * daySeconds;
  return markdownTable([
    ['orders per second', ...rates.map(String)],
    row('orders per day', daySeconds),
    row(
      'billable actions per month, millions',
      (cost.billableActions * daySeconds * monthDays) / 1e6,
    ),
    row('Postgres: statements per second', cost.statements),
    row('– write transactions per second', cost.writeTransactions),
    row('– write-ahead log per day, GiB', cost.walKib * 1_024 * perDay),
    row('– storage per day, GiB', bytes * perDay),
    row('– rows per day, timeline', entriesPerDay('orders.timeline')),
    row('– cores', coresOf(cost, 'postgres_orders'), decimal),
    row(
      'Temporal: cores, as its development server needs them',
      coresOf(cost, 'temporal'),
      decimal,
    ),
    ...(['api', 'worker', 'relay'] as const).map((role) =>
      row(`${role}: processes`, coresOf(cost, role) / usableShare),
    ),
  ]);
}

const coresOf = ({ cpuMs }: SizeRun, name: keyof SizeRun['cpuMs']): number =>
  (cpuMs[name] ?? Number.NaN) / 1_000;

/** The largest tables, by what each order adds to them. */
export function bytesTable({ tables }: Pick<ScaleReport, 'tables'>): string {
  const all = (bytes: 'tableBytes' | 'indexBytes') => sumOf(tables.map((one) => one[bytes]));
  return markdownTable([
    ['per order', 'rows', 'bytes', 'bytes of indexes'],
    ...tables
      .slice(0, 10)
      .map(({ table, rows, tableBytes, indexBytes }) => [
        table,
        ...[decimal(rows), whole(tableBytes), whole(indexBytes)],
      ]),
    ['all', '', whole(all('tableBytes')), whole(all('indexBytes'))],
  ]);
}
