import { decimal, markdownTable, whole, type Row } from './markdown.js';
import { pathNames, type MixSummary, type PathName } from './mix-summary.js';
import { processNames, type ProcessName } from './processes.js';
import type { ArmName, Report } from './report.js';
import type { ArmSummary, LatencySummary, Percentiles, Ratio } from './summary.js';

const armTitles: Readonly<Record<ArmName, string>> = {
  service: 'service',
  plain: 'plain saga',
  empty: 'empty workflow',
};

const processTitles: Readonly<Record<ProcessName, string>> = {
  api: 'api',
  worker: 'worker',
  services: 'services',
  relay: 'relay',
  temporal: 'Temporal server',
  postgres_orders: "Postgres, the service's",
  postgres_sandbox: "Postgres, the sandbox's",
  sandbox: 'sandbox',
  load_generator: 'load generator',
};

const pathTitles: Readonly<Record<PathName, string>> = {
  plain: 'plain',
  ship_available: 'shortage, a part is sent',
  wait: 'shortage, waits for a receipt',
  cancelled: 'cancelled',
  cancelled_without_parcel: 'cancelled, the parcel left meanwhile',
  cancelled_too_late: 'cancelled too late, delivered',
  declined: 'declined, then paid otherwise',
  returned: 'delivered, then returned',
};

/** One line on where and how the figures were taken. */
export function conditions({ at, machine, settings }: Report): string {
  const { cores, memoryGib, platform, node, temporalServer, temporalSdk, postgres } = machine;
  const { orders, rounds, concurrency, warmUp, paceMs } = settings;
  return (
    `Taken ${at.slice(0, 10)} on ${cores} cores and ${memoryGib} GiB that all processes share ` +
    `(${platform}, Node ${node}, Temporal server ${temporalServer} in memory, SDK ${temporalSdk}, ` +
    `Postgres ${postgres}): ${rounds} round(s) of ${orders} orders per arm with ${concurrency} in ` +
    `flight, ${warmUp} to warm up, a parcel moves every ${paceMs} ms.`
  );
}

/** How many events each saga leaves in Temporal, in one sentence. */
export function eventsLine({ arms, latencyMs }: LatencySummary): string {
  const sagas = arms.filter(({ arm }) => arm !== 'empty');
  const counts = sagas.map(({ arm, events }) => `${decimal(events)} (${armTitles[arm]})`);
  return (
    `This repository, all stages, tracked until delivered, in one execution, providers answering ` +
    `in ${latencyMs} ms: ${counts.join(', ')}.`
  );
}

/** All figures of one latency, arms side by side, as a Markdown table. */
export const figuresTable = ({ latencyMs, arms }: LatencySummary): string =>
  armsTable(`providers answer in ${latencyMs} ms`, arms, 'delivered');

/** The same figures under the mix. */
export const mixTable = ({ latencyMs, arms }: MixSummary): string =>
  armsTable(`the mix, providers answer in ${latencyMs} ms`, arms, 'ended');

/** What each path of the mix costs, as a Markdown table. */
export function pathsTable({ latencyMs, arms, paths }: MixSummary): string {
  const find = (arm: ArmName, path: PathName) =>
    paths.find((summary) => summary.arm === arm && summary.path === path);
  const cells = (path: PathName) =>
    arms.flatMap(({ arm }) => {
      const { orders, endedAfterMs, events } = find(arm, path) ?? {};
      return [whole(orders), whole(endedAfterMs), decimal(events)];
    });
  return markdownTable([
    [
      `paths, providers answer in ${latencyMs} ms`,
      ...arms.flatMap(({ arm }) => [`${armTitles[arm]}: orders`, 'p50 ms to the end', 'events']),
    ],
    ...pathNames.map((path) => [pathTitles[path], ...cells(path)]),
  ]);
}

function armsTable(title: string, arms: readonly ArmSummary[], end: 'delivered' | 'ended'): string {
  const row = (label: string, cell: (arm: ArmSummary) => string): Row => [label, ...arms.map(cell)];
  return markdownTable([
    [title, ...arms.map(({ arm }) => armTitles[arm])],
    row('accepted per second', (arm) => decimal(arm.acceptedPerSecond)),
    row(`${end} per second`, (arm) => decimal(arm.endedPerSecond)),
    row('– by round', (arm) => arm.endedPerSecondByRound.map(decimal).join(', ')),
    row('request → accepted, p50 / p95 / p99 ms', (arm) => times(arm.accepted)),
    ...(arms.some(({ acceptedAtHalfPeak }) => acceptedAtHalfPeak !== undefined)
      ? [row('– at half of the rate', (arm) => times(arm.acceptedAtHalfPeak))]
      : []),
    row('request → confirmed, p50 / p95 / p99 ms', (arm) => times(arm.confirmed)),
    row(`request → ${end}, p50 / p95 / p99 ms`, (arm) => times(arm.ended)),
    row(`not ${end}`, (arm) => String(arm.unfinished)),
    row('timeline entries', (arm) => decimal(arm.timelineEntries)),
    row('webhooks that waited for the relay', (arm) => decimal(arm.earlyWebhooks)),
    row('history events', (arm) => decimal(arm.events)),
    row('billable actions', (arm) => decimal(arm.actions)),
    row('CPU ms, service and stores', (arm) => decimal(arm.serviceCpuMs)),
    row('CPU ms, everything', (arm) => decimal(arm.totalCpuMs)),
    ...processNames.map((name) =>
      row(`– ${processTitles[name]}`, ({ cpuMs }) => decimal(cpuMs[name])),
    ),
    row('statements, orders database', (arm) => decimal(arm.ordersStatements)),
    row("statements, sandbox's database", (arm) => decimal(arm.sandboxStatements)),
    row('write transactions, both', (arm) => decimal(arm.writeTransactions)),
    row('write-ahead log KiB, both', (arm) => decimal(arm.walKib)),
    ...processNames
      .filter((name) => arms.some(({ peakMemoryMib }) => (peakMemoryMib[name] ?? 0) > 0))
      .map((name) =>
        row(`memory MiB, ${memoryTitle(name)}`, ({ peakMemoryMib }) => whole(peakMemoryMib[name])),
      ),
  ]);
}

/** The figures of one latency that have a budget, and whether they keep it. */
export const ratiosTable = ({ latencyMs, ratios }: LatencySummary): string =>
  markdownTable([
    [`providers answer in ${latencyMs} ms`, 'figure', 'budget', ''],
    ...ratios.map((ratio) => [ratio.what, ratio.value.toFixed(2), budgetOf(ratio), verdict(ratio)]),
  ]);

/** Postgres is one cluster for both databases, and its processes share their memory. */
const memoryTitle = (name: ProcessName): string =>
  name === 'postgres_orders' ? 'Postgres, at the end' : `${processTitles[name]}, peak`;

function verdict({ value, budget }: Ratio): string {
  if (budget === undefined) return '';
  return value <= budget ? 'met' : '**missed**';
}

const budgetOf = ({ budget }: Ratio): string =>
  budget === undefined ? '' : `≤ ${budget.toFixed(2)}`;

const times = (value: Percentiles | undefined): string =>
  value === undefined ? '–' : [value.p50, value.p95, value.p99].map(whole).join(' / ');
