import { meanOf } from './mean.js';
import { processNames, type ProcessName } from './processes.js';
import { armNames, type ArmName, type NamelessTrip, type Report, type Run } from './report.js';

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** All rounds of one arm at one latency. Times in milliseconds; the rest per order. */
export interface ArmSummary {
  readonly arm: ArmName;
  /** Orders that were not delivered, or did not go the way that they were to go. */
  readonly unfinished: number;
  readonly acceptedPerSecond: number;
  readonly endedPerSecond: number;
  readonly endedPerSecondByRound: readonly number[];
  readonly accepted: Percentiles;
  /** At half of the rate. */
  readonly acceptedAtHalfPeak: Percentiles | undefined;
  readonly confirmed: Percentiles | undefined;
  readonly ended: Percentiles;
  readonly timelineEntries: number;
  readonly earlyWebhooks: number;
  readonly events: number;
  readonly actions: number;
  readonly cpuMs: Readonly<Partial<Record<ProcessName, number>>>;
  /** What the service and its stores use, without the stand-in providers and the load generator. */
  readonly serviceCpuMs: number;
  readonly totalCpuMs: number;
  readonly peakMemoryMib: Readonly<Partial<Record<ProcessName, number>>>;
  readonly ordersStatements: number;
  readonly sandboxStatements: number;
  readonly writeTransactions: number;
  readonly walKib: number;
}

/** A ratio of two arms, or a figure of one, and the most that it may be. */
export interface Ratio {
  readonly what: string;
  readonly value: number;
  readonly budget: number | undefined;
}

export interface LatencySummary {
  readonly latencyMs: number;
  readonly arms: readonly ArmSummary[];
  readonly ratios: readonly Ratio[];
}

const outside: ReadonlySet<ProcessName> = new Set([
  'sandbox',
  'postgres_sandbox',
  'load_generator',
]);

/** Everything that is shown of the orders that go well, computed from the raw figures. */
export const summarize = ({ runs }: Pick<Report, 'runs'>): readonly LatencySummary[] =>
  byLatency(runs).map(({ latencyMs, runs: own }) => {
    const arms = byArm(own).map(summarizeArm);
    return { latencyMs, arms, ratios: ratiosOf(arms) };
  });

interface RunsAtLatency {
  readonly latencyMs: number;
  readonly runs: readonly Run[];
}

export function byLatency(runs: readonly Run[]): readonly RunsAtLatency[] {
  const latencies = [...new Set(runs.map(({ latencyMs }) => latencyMs))];
  return latencies.map((latencyMs) => ({
    latencyMs,
    runs: runs.filter((run) => run.latencyMs === latencyMs),
  }));
}

interface RunsOfArm {
  readonly arm: ArmName;
  readonly runs: readonly Run[];
}

export const byArm = (runs: readonly Run[]): readonly RunsOfArm[] =>
  armNames
    .map((arm) => ({ arm, runs: runs.filter((run) => run.arm === arm) }))
    .filter((own) => own.runs.length > 0);

export function summarizeArm({ arm, runs }: RunsOfArm): ArmSummary {
  const trips = runs.flatMap((run) => run.trips);
  const perOrder = (total: number) => total / trips.length;
  const sumOf = (value: (run: Run) => number) => runs.reduce((sum, run) => sum + value(run), 0);
  const cpuMs = mapProcesses(runs, (name) => perOrder(sumOf((run) => run.cpuMs[name] ?? 0)));
  const cpuOf = (names: readonly ProcessName[]) =>
    names.reduce((sum, name) => sum + (cpuMs[name] ?? 0), 0);
  const confirmed = valuesOf(trips, 'confirmedAfterMs');
  const atHalfPeak = runs.flatMap((run) => run.acceptedAtHalfPeakMs ?? []);
  return {
    arm,
    unfinished: trips.length - valuesOf(trips, 'endedAfterMs').length,
    acceptedPerSecond: (1_000 * trips.length) / sumOf(acceptanceMs),
    endedPerSecond: (1_000 * sumOf(ends)) / sumOf((run) => run.elapsedMs),
    endedPerSecondByRound: runs.map((run) => (1_000 * ends(run)) / run.elapsedMs),
    accepted: percentiles(valuesOf(trips, 'acceptedAfterMs')),
    acceptedAtHalfPeak: atHalfPeak.length === 0 ? undefined : percentiles(atHalfPeak),
    confirmed: confirmed.length === 0 ? undefined : percentiles(confirmed),
    ended: percentiles(valuesOf(trips, 'endedAfterMs')),
    timelineEntries: perOrder(sumOf((run) => run.timelineEntries)),
    earlyWebhooks: perOrder(sumOf((run) => run.earlyWebhooks)),
    events: meanOf(runs.flatMap((run) => run.historyEvents)),
    actions: meanOf(runs.flatMap((run) => run.billableActions)),
    cpuMs,
    serviceCpuMs: cpuOf(processNames.filter((name) => !outside.has(name))),
    totalCpuMs: cpuOf(processNames),
    peakMemoryMib: mapProcesses(runs, (name) =>
      Math.max(...runs.map((run) => run.peakMemoryMib[name] ?? 0)),
    ),
    ordersStatements: perOrder(sumOf((run) => run.postgres.ordersStatements)),
    sandboxStatements: perOrder(sumOf((run) => run.postgres.sandboxStatements)),
    writeTransactions: perOrder(sumOf((run) => run.postgres.writeTransactions)),
    walKib: perOrder(sumOf((run) => run.postgres.walBytes)) / 1_024,
  };
}

/** From the first request to the last acceptance. */
function acceptanceMs({ trips }: Run): number {
  const first = Math.min(...trips.map(({ sentAtMs }) => sentAtMs));
  const last = Math.max(...trips.map((trip) => trip.sentAtMs + trip.acceptedAfterMs));
  return last - first;
}

const ends = ({ trips }: Run): number => valuesOf(trips, 'endedAfterMs').length;

function mapProcesses(
  runs: readonly Run[],
  value: (name: ProcessName) => number,
): Partial<Record<ProcessName, number>> {
  const names = processNames.filter((name) =>
    runs.some((run) => run.cpuMs[name] !== undefined || run.peakMemoryMib[name] !== undefined),
  );
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

type Time = 'acceptedAfterMs' | 'confirmedAfterMs' | 'endedAfterMs';

const valuesOf = (trips: readonly NamelessTrip[], time: Time): readonly number[] =>
  trips.flatMap((trip) => trip[time] ?? []);

/** Of no values: not a number. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

interface Figure {
  readonly what: string;
  /** Undefined where the run left out what it is made of. */
  readonly value: (service: ArmSummary, plain: ArmSummary | undefined) => number | undefined;
  readonly budget?: number;
}

const toPlain =
  (figure: (arm: ArmSummary) => number): Figure['value'] =>
  (service, plain) =>
    plain === undefined ? undefined : figure(service) / figure(plain);

/** The budgets of the service that this benchmark can measure, and what they are seen beside. */
const figures: readonly Figure[] = [
  { what: 'orders/s, service / plain saga', value: toPlain((arm) => arm.endedPerSecond) },
  {
    what: 'CPU per order, service and stores, service / plain saga',
    value: toPlain((arm) => arm.serviceCpuMs),
    budget: 0.7,
  },
  {
    what: 'CPU ms per order, service and stores',
    value: ({ serviceCpuMs }) => serviceCpuMs,
    budget: 160,
  },
  {
    what: 'request → accepted at half of the rate, p99 ms',
    value: ({ acceptedAtHalfPeak }) => acceptedAtHalfPeak?.p99,
    budget: 25,
  },
  {
    what: 'request → confirmed, p95 / p50',
    value: ({ confirmed }) => confirmed && confirmed.p95 / confirmed.p50,
    budget: 1.8,
  },
  { what: 'history events, mean', value: ({ events }) => events, budget: 76 },
  { what: 'billable actions, mean', value: ({ actions }) => actions, budget: 20 },
];

function ratiosOf(arms: readonly ArmSummary[]): readonly Ratio[] {
  const find = (name: ArmName) => arms.find(({ arm }) => arm === name);
  const service = find('service');
  if (service === undefined) return [];
  return figures.flatMap(({ what, value, budget }) => {
    const figure = value(service, find('plain'));
    return figure === undefined ? [] : [{ what, value: figure, budget }];
  });
}
