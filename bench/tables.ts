import { machineInWords } from './harness/machine.js';
import { decimal, markdownTable, whole, type Row } from './harness/markdown.js';
import type { Percentiles } from './harness/statistics.js';
import { processNames, type ProcessName } from './harness/usage.js';
import type { Report, VariantName } from './report.js';
import {
  pathNames,
  type LatencySummary,
  type MixSummary,
  type PathName,
  type VariantSummary,
} from './summary.js';

const variantTitles: Readonly<Record<VariantName, string>> = {
  service: 'service',
  plain: 'plain saga',
  empty: 'empty workflow',
};

export function conditions({ at, machine, settings }: Report): string {
  const { orders, rounds, concurrency, warmUp, paceMs } = settings;
  return (
    `Taken ${at.slice(0, 10)} on ${machineInWords(machine, true)}: ${rounds} round(s) of ${orders} ` +
    `orders per variant with ${concurrency} in flight, ${warmUp} to warm up, a parcel moves every ` +
    `${paceMs} ms.`
  );
}

export function eventsLine({ variants, latencyMs }: LatencySummary): string {
  const counts = variants
    .filter(({ name }) => name !== 'empty')
    .map(({ name, events }) => `${decimal(events)} (${variantTitles[name]})`);
  return (
    `This repository, all stages, tracked until delivered, in one execution, providers answering ` +
    `in ${latencyMs} ms: ${counts.join(', ')}.`
  );
}

export const figuresTable = ({ latencyMs, variants }: LatencySummary): string =>
  variantsTable(`providers answer in ${latencyMs} ms`, variants, 'delivered');

export const mixTables = (mix: MixSummary): string =>
  [
    variantsTable(`the mix, providers answer in ${mix.latencyMs} ms`, mix.variants, 'ended'),
    pathsTable(mix),
  ].join('\n\n');

function pathsTable({ latencyMs, variants, paths }: MixSummary): string {
  const cells = (wanted: PathName) =>
    variants.flatMap(({ name }) => {
      const found = paths.find((one) => one.name === name && one.path === wanted);
      return [whole(found?.orders), whole(found?.endedAfterMs), decimal(found?.events)];
    });
  const headOf = ({ name }: VariantSummary) => [
    `${variantTitles[name]}: orders`,
    'p50 ms to the end',
    'events',
  ];
  return markdownTable([
    [`paths, providers answer in ${latencyMs} ms`, ...variants.flatMap(headOf)],
    ...pathNames.map((path) => [path.replaceAll('_', ' '), ...cells(path)]),
  ]);
}

function variantsTable(
  title: string,
  variants: readonly VariantSummary[],
  end: 'delivered' | 'ended',
): string {
  const row = (label: string, cell: (one: VariantSummary) => string): Row => [
    label,
    ...variants.map(cell),
  ];
  const isApart = variants.every(({ sandboxWalKib }) => sandboxWalKib !== undefined);
  const whose = isApart ? 'orders database' : 'both databases';
  const figure = (label: string, value: (one: VariantSummary) => number | undefined) =>
    row(label, (one) => decimal(value(one)));
  return markdownTable([
    row(title, ({ name }) => variantTitles[name]),
    figure('accepted per second', (one) => one.acceptedPerSecond),
    figure(`${end} per second`, (one) => one.endedPerSecond),
    row('– by round', (one) => one.endedPerSecondByRound.map(decimal).join(', ')),
    row('request → accepted, p50 / p95 / p99 ms', (one) => times(one.accepted)),
    ...(variants.some(({ acceptedAtHalfPeak }) => acceptedAtHalfPeak !== undefined)
      ? [row('– at half of the rate', (one) => times(one.acceptedAtHalfPeak))]
      : []),
    ...(variants.some(({ consumed }) => consumed !== undefined)
      ? [row('commit → consumer, p50 / p95 / p99 ms', (one) => times(one.consumed))]
      : []),
    row('request → confirmed, p50 / p95 / p99 ms', (one) => times(one.confirmed)),
    row(`request → ${end}, p50 / p95 / p99 ms`, (one) => times(one.ended)),
    row(`not ${end}`, (one) => String(one.unfinished)),
    figure('timeline entries', (one) => one.timelineEntries),
    figure('webhooks that waited for the relay', (one) => one.earlyWebhooks),
    figure('history events', (one) => one.events),
    figure('billable actions', (one) => one.actions),
    figure('CPU ms, service and stores', (one) => one.serviceCpuMs),
    figure('CPU ms, everything', (one) => one.totalCpuMs),
    ...processNames.map((name) => figure(`– ${titleOf(name)}`, ({ cpuMs }) => cpuMs[name])),
    figure('statements, orders database', (one) => one.ordersStatements),
    figure("statements, sandbox's database", (one) => one.sandboxStatements),
    figure(`write transactions, ${whose}`, (one) => one.writeTransactions),
    figure("write transactions, sandbox's database", (one) => one.sandboxWriteTransactions),
    figure(`write-ahead log KiB, ${whose}`, (one) => one.walKib),
    figure("write-ahead log KiB, sandbox's database", (one) => one.sandboxWalKib),
    ...processNames
      .filter((name) => variants.some(({ peakMemoryMib }) => (peakMemoryMib[name] ?? 0) > 0))
      .map((name) =>
        row(`memory MiB, ${memoryTitle(name)}`, ({ peakMemoryMib }) => whole(peakMemoryMib[name])),
      ),
  ]);
}

const titleOf = (name: ProcessName): string => name.replace('_', ' ');

/** The processes of a Postgres share their memory, which is counted once. */
const memoryTitle = (name: ProcessName): string =>
  name === 'postgres_orders' ? 'Postgres, at the end' : `${titleOf(name)}, peak`;

const times = (value: Percentiles | undefined): string =>
  value === undefined ? '–' : [value.p50, value.p95, value.p99].map(whole).join(' / ');
