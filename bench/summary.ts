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
  byLatency(runs).map(({ latencyMs, groups }) => {
    const variants = groups.map(summarizeVariant);
    return { latencyMs, variants, ratios: ratiosOf(variants) };
  });

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

/** Undefined where the run left out what it is made of. */
type Value = (service: VariantSummary, plain: VariantSummary | undefined) => number | undefined;

const toPlain =
  (figure: (variant: VariantSummary) => number): Value =>
  (service, plain) =>
    plain && figure(service) / figure(plain);

/** The budgets of the service that this benchmark can measure, and what they are seen beside. */
const figures: readonly (readonly [what: string, value: Value, budget?: number])[] = [
  ['orders/s, service / plain saga', toPlain((one) => one.endedPerSecond)],
  [
    'CPU per order, service and stores, service / plain saga',
    toPlain((one) => one.serviceCpuMs),
    0.7,
  ],
  ['CPU ms per order, service and stores', (one) => one.serviceCpuMs, 160],
  ['request → accepted at half of the rate, p99 ms', (one) => one.acceptedAtHalfPeak?.p99, 25],
  [
    'request → confirmed, p95 / p50',
    ({ confirmed }) => confirmed && confirmed.p95 / confirmed.p50,
    1.8,
  ],
  ['history events, mean', ({ events }) => events, 76],
  ['billable actions, mean', ({ actions }) => actions, 20],
];

/** A ratio of two variants, or a figure of one, and the most that it may be. */
function ratiosOf(variants: readonly VariantSummary[]) {
  const find = (wanted: VariantName) => variants.find(({ name }) => name === wanted);
  const service = find('service');
  if (service === undefined) return [];
  return figures.flatMap(([what, value, budget]) => {
    const figure = value(service, find('plain'));
    return figure === undefined ? [] : [{ what, value: figure, budget }];
  });
}

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
