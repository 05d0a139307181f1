import type { Shipment } from './shipment.js';
import type { TrackerStatus } from './tracker.js';

/** One stop of a parcel's way. */
interface Stop {
  readonly status: TrackerStatus;
  readonly detail?: string;
}

const atStart: readonly Stop[] = [{ status: 'pre_transit' }, { status: 'in_transit' }];

/** The way of a parcel that nothing happens to. */
const usual: readonly Stop[] = [
  ...atStart,
  { status: 'out_for_delivery' },
  { status: 'delivered' },
];

/** Places where something happens to every parcel. */
const fates: ReadonlyMap<unknown, readonly Stop[]> = new Map([
  ['Silent Harbor', [{ status: 'pre_transit' }]],
  ['Lost Valley', [...atStart, { status: 'failure', detail: 'lost' }]],
  ['Return Bay', [...atStart, { status: 'return_to_sender' }]],
]);

/** @returns the stop that follows by itself; undefined at an end and off the parcel's way. */
export function nextStop(shipment: Shipment, status: TrackerStatus): Stop | undefined {
  const way = wayOf(shipment);
  const place = way.findIndex((stop) => stop.status === status);
  return place === -1 ? undefined : way[place + 1];
}

/** How fast parcels move by themselves. */
export interface Pace {
  /** The wait before the carrier picks a parcel up, in milliseconds. */
  readonly pickUpMs: number;
  /** The wait before each further step in milliseconds; 0: parcels move by hand only. */
  readonly stepMs: number;
}

/** When a parcel in this status moves on by itself; null: never. */
export const dueAfter = (
  shipment: Shipment,
  status: TrackerStatus,
  { pickUpMs, stepMs }: Pace,
): number | null => {
  if (stepMs === 0 || nextStop(shipment, status) === undefined) return null;
  return Date.now() + (status === 'pre_transit' ? pickUpMs : stepMs);
};

/** A return bears the addresses of the way there, so its `to` is where it starts. */
const wayOf = ({ is_return, to_address }: Shipment): readonly Stop[] =>
  (is_return ? undefined : fates.get(to_address['city'])) ?? usual;
