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

/** When a parcel in this status moves on by itself. @param paceMs 0: never. */
export const dueAfter = (
  shipment: Shipment,
  status: TrackerStatus,
  paceMs: number,
): number | null =>
  paceMs === 0 || nextStop(shipment, status) === undefined ? null : Date.now() + paceMs;

/** A return bears the addresses of the way there, so its `to` is where it starts. */
const wayOf = ({ is_return, to_address }: Shipment): readonly Stop[] =>
  (is_return ? undefined : fates.get(to_address['city'])) ?? usual;
