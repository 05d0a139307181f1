import type { Shipment } from './shipment.js';
import type { TrackerStatus } from './tracker.js';

/** One status on a parcel's route. */
interface Stop {
  readonly status: TrackerStatus;
  readonly detail?: string;
}

const start: readonly Stop[] = [{ status: 'pre_transit' }, { status: 'in_transit' }];

/** The route of a parcel without trouble. */
const usual: readonly Stop[] = [...start, { status: 'out_for_delivery' }, { status: 'delivered' }];

/** Cities with a route of their own. */
const routes: ReadonlyMap<unknown, readonly Stop[]> = new Map([
  ['Silent Harbor', [{ status: 'pre_transit' }]],
  ['Lost Valley', [...start, { status: 'failure', detail: 'lost' }]],
  ['Return Bay', [...start, { status: 'return_to_sender' }]],
]);

/** @returns the stop that follows by itself; undefined at an end and off the parcel's route. */
export function nextStop(shipment: Shipment, status: TrackerStatus): Stop | undefined {
  const route = routeOf(shipment);
  const index = route.findIndex((stop) => stop.status === status);
  return index === -1 ? undefined : route[index + 1];
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

/** A return has the addresses of the outbound shipment, so it starts at its `to`. */
const routeOf = ({ is_return, to_address }: Shipment): readonly Stop[] =>
  (is_return ? undefined : routes.get(to_address['city'])) ?? usual;
