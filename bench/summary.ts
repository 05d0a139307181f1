import { meanOf, percentiles, sumOf } from './harness/statistics.js';
import { outside, processNames, type ProcessName } from './harness/usage.js';
import { paths, type Path } from './mix.js';
import {
  variantNames,
  type NamelessTrip,
  type Report,
  type Run,
  type VariantName,
} from './report.js';

/** All rounds of one variant at one latency. Times in milliseconds; the rest per order. */
export type VariantSummary = ReturnType<typeof summarizeVariant>;

export type LatencySummary = ReturnType<typeof summarize>[number];

export const summarize = ({ runs }: Pick<Report, 'runs'>) =>
  byLatency(runs).map(({ latencyMs, groups }) => ({
    latencyMs,
    variants: groups.map(summarizeVariant),
  }));

interface Group {
  readonly name: VariantName;
  readonly runs: readonly Run[];
}

const byLatency = (runs: readonly Run[]) =>
  [...new Set(runs.map(({ latencyMs }) => latencyMs))].map((latencyMs) => {
    const own = runs.filter((run) => run.latencyMs === latencyMs);
    const groups = variantNames
      .map((name): Group => ({ name, runs: own.filter(({ arm }) => arm === name) }))
      .filter((group) => group.runs.length > 0);
    return { latencyMs, groups };
  });

function summarizeVariant({ name, runs }: Group) {
  const trips = runs.flatMap((run) => run.trips);
  const total = (value: (run: Run) => number) => sumOf(runs.map(value));
  const perOrder = (value: (run: Run) => number) => total(value) / trips.length;
  const cpuMs = mapProcesses(runs, (process) => perOrder((run) => run.cpuMs[process] ?? 0));
  const cpuOf = (names: readonly ProcessName[]) =>
    sumOf(names.map((process) => cpuMs[process] ?? 0));
  return {
    name,
    /** Orders that were not delivered, or did not go the way that they were to go. */
    unfinished: trips.length - valuesOf(trips, 'endedAfterMs').length,
    acceptedPerSecond: (1_000 * trips.length) / total(acceptanceMs),
    endedPerSecond: (1_000 * total(ends)) / total((run) => run.elapsedMs),
    endedPerSecondByRound: runs.map((run) => (1_000 * ends(run)) / run.elapsedMs),
    accepted: percentiles(valuesOf(trips, 'acceptedAfterMs')),
    acceptedAtHalfPeak: percentilesOf(runs.flatMap((run) => run.acceptedAtHalfPeakMs ?? [])),
    /** From the commit of a fact to that of each consumer's effect, at full load. */
    consumed: percentilesOf(runs.flatMap((run) => run.consumedAfterMs ?? [])),
    confirmed: percentilesOf(valuesOf(trips, 'confirmedAfterMs')),
    ended: percentiles(valuesOf(trips, 'endedAfterMs')),
    timelineEntries: perOrder((run) => run.timelineEntries),
    earlyWebhooks: perOrder((run) => run.earlyWebhooks),
    events: meanOf(runs.flatMap((run) => run.historyEvents)),
    actions: meanOf(runs.flatMap((run) => run.billableActions)),
    cpuMs,
    /** What the service and its stores use, without sandbox and load generator. */
    serviceCpuMs: cpuOf(processNames.filter((process) => !outside.includes(process))),
    totalCpuMs: cpuOf(processNames),
    peakMemoryMib: mapProcesses(runs, (process) =>
      Math.max(...runs.map((run) => run.peakMemoryMib[process] ?? 0)),
    ),
    ordersStatements: perOrder((run) => run.postgres.ordersStatements),
    sandboxStatements: perOrder((run) => run.postgres.sandboxStatements),
    writeTransactions: perOrder((run) => run.postgres.writeTransactions),
    walKib: perOrder((run) => run.postgres.walBytes) / 1_024,
    ...sandboxShare(runs, trips.length),
  };
}

/** Undefined where both databases shared a Postgres: the figures are of both then. */
function sandboxShare(runs: readonly Run[], orders: number) {
  const of = (name: 'sandboxWriteTransactions' | 'sandboxWalBytes') =>
    runs.some(({ postgres }) => postgres[name] === undefined)
      ? undefined
      : sumOf(runs.map(({ postgres }) => postgres[name] ?? 0)) / orders;
  const walBytes = of('sandboxWalBytes');
  return {
    sandboxWriteTransactions: of('sandboxWriteTransactions'),
    sandboxWalKib: walBytes && walBytes / 1_024,
  };
}

const percentilesOf = (values: readonly number[]) =>
  values.length === 0 ? undefined : percentiles(values);

const acceptanceMs = ({ trips }: Run): number =>
  Math.max(...trips.map((trip) => trip.sentAtMs + trip.acceptedAfterMs)) -
  Math.min(...trips.map(({ sentAtMs }) => sentAtMs));

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

const valuesOf = (
  trips: readonly NamelessTrip[],
  time: 'acceptedAfterMs' | 'confirmedAfterMs' | 'endedAfterMs',
): readonly number[] => trips.flatMap((trip) => trip[time] ?? []);

export type PathName = Path | 'cancelled_too_late';

export const pathNames: readonly PathName[] = paths.flatMap((path): readonly PathName[] =>
  path === 'cancelled' ? [path, 'cancelled_too_late'] : [path],
);

export type MixSummary = ReturnType<typeof summarizeMix>[number];

export const summarizeMix = ({ mixRuns }: Pick<Report, 'mixRuns'>) =>
  byLatency(mixRuns).map(({ latencyMs, groups }) => ({
    latencyMs,
    variants: groups.map(summarizeVariant),
    paths: groups.flatMap(summarizePaths),
  }));

function summarizePaths({ name, runs }: Group) {
  const trips = runs.flatMap((run) =>
    run.trips.map((trip, index) => ({ ...trip, events: run.historyEvents[index] })),
  );
  return pathNames.map((path) => {
    const going = trips.filter((trip) => pathOf(trip) === path);
    return {
      name,
      path,
      orders: going.length,
      /** The median, in milliseconds. */
      endedAfterMs: percentiles(valuesOf(going, 'endedAfterMs')).p50,
      events: meanOf(going.flatMap(({ events }) => events ?? [])),
    };
  });
}

const pathOf = ({ path, ending }: NamelessTrip): PathName | undefined =>
  path === 'cancelled' && ending === 'delivered' ? 'cancelled_too_late' : path;
