import { paths, type Ending, type Path } from './mix.js';
import type { ArmName, NamelessTrip, Report, Run } from './report.js';
import { meanOf } from './mean.js';
import { byArm, byLatency, percentiles, summarizeArm, type ArmSummary } from './summary.js';

/** A path; for a cancel, how it ended. */
export type PathName = Path | 'cancelled_without_parcel' | 'cancelled_too_late';

const cancels: readonly PathName[] = [
  'cancelled',
  'cancelled_without_parcel',
  'cancelled_too_late',
];

export const pathNames: readonly PathName[] = paths.flatMap((path) =>
  path === 'cancelled' ? cancels : [path],
);

/** The orders of one arm that went one way. */
interface PathSummary {
  readonly arm: ArmName;
  readonly path: PathName;
  readonly orders: number;
  /** The median, in milliseconds. */
  readonly endedAfterMs: number;
  readonly events: number;
}

export interface MixSummary {
  readonly latencyMs: number;
  readonly arms: readonly ArmSummary[];
  readonly paths: readonly PathSummary[];
}

/** Everything that is shown of the mix, computed from the raw figures. */
export const summarizeMix = ({ mixRuns }: Pick<Report, 'mixRuns'>): readonly MixSummary[] =>
  byLatency(mixRuns).map(({ latencyMs, runs }) => {
    const own = byArm(runs);
    return { latencyMs, arms: own.map(summarizeArm), paths: own.flatMap(summarizePaths) };
  });

interface CountedTrip extends NamelessTrip {
  readonly events: number | undefined;
}

function summarizePaths(own: { readonly arm: ArmName; readonly runs: readonly Run[] }) {
  const trips = own.runs.flatMap(countedTrips);
  return pathNames.map((path): PathSummary => {
    const going = trips.filter((trip) => nameOf(trip) === path);
    return {
      arm: own.arm,
      path,
      orders: going.length,
      endedAfterMs: percentiles(going.flatMap(({ endedAfterMs }) => endedAfterMs ?? [])).p50,
      events: meanOf(going.flatMap(({ events }) => events ?? [])),
    };
  });
}

const countedTrips = ({ trips, historyEvents }: Run): readonly CountedTrip[] =>
  trips.map((trip, index) => ({ ...trip, events: historyEvents[index] }));

const nameOf = ({ path, ending }: NamelessTrip): PathName | undefined =>
  path === 'cancelled' ? nameOfCancel(ending) : path;

function nameOfCancel(ending: Ending | undefined): PathName {
  if (ending === 'delivered') return 'cancelled_too_late';
  return ending === 'cancelled_without_parcel' ? ending : 'cancelled';
}
