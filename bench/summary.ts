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

/** A ratio of two arms, or a figure of one, and what it was meant to be. */
export interface Ratio {
  readonly what: string;
  readonly value: number;
  readonly aim: { readonly kind: 'at_least' | 'at_most'; readonly value: number } | undefined;
  readonly isMet: boolean;
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
    return { latencyMs, arms, ratios: [...ratiosOf(arms), ...answerOf(arms)] };
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

interface Comparison {
  readonly what: string;
  readonly of: ArmName;
  readonly to: ArmName;
  readonly value: (arm: ArmSummary) => number;
  readonly aim?: Ratio['aim'];
}

const rate = (arm: ArmSummary) => arm.endedPerSecond;

const comparisons: readonly Comparison[] = [
  {
    what: 'orders/s, local first / plain saga',
    ...{ of: 'local_first', to: 'plain', value: rate, aim: { kind: 'at_least', value: 3 } },
  },
  {
    what: 'service CPU per order, local first / plain saga',
    ...{ of: 'local_first', to: 'plain', aim: { kind: 'at_most', value: 1 / 3 } },
    value: (arm) => arm.serviceCpuMs,
  },
  {
    what: 'CPU of everything per order, local first / plain saga',
    ...{ of: 'local_first', to: 'plain', value: (arm) => arm.totalCpuMs },
  },
  {
    what: 'orders/s, remote / plain saga',
    ...{ of: 'remote', to: 'plain', value: rate, aim: { kind: 'at_least', value: 1.8 } },
  },
  {
    what: 'rate, local first / empty workflow',
    ...{ of: 'local_first', to: 'empty', value: rate, aim: { kind: 'at_least', value: 0.4 } },
  },
];

function ratiosOf(arms: readonly ArmSummary[]): readonly Ratio[] {
  const find = (name: ArmName) => arms.find(({ arm }) => arm === name);
  return comparisons.flatMap(({ what, of, to, value, aim }) => {
    const [one, other] = [find(of), find(to)];
    if (one === undefined || other === undefined) return [];
    const ratio = value(one) / value(other);
    return [{ what, value: ratio, aim, isMet: isMet(ratio, aim) }];
  });
}

/** Whoever orders waits for this, so it has a budget of its own. */
function answerOf(arms: readonly ArmSummary[]): readonly Ratio[] {
  const value = arms.find(({ arm }) => arm === 'local_first')?.acceptedAtHalfPeak?.p99;
  if (value === undefined) return [];
  const aim = { kind: 'at_most', value: 50 } as const;
  const what = 'request → accepted at half of the rate, p99 ms, local first';
  return [{ what, value, aim, isMet: isMet(value, aim) }];
}

function isMet(value: number, aim: Ratio['aim']): boolean {
  if (aim === undefined) return true;
  return aim.kind === 'at_least' ? value >= aim.value : value <= aim.value;
}
