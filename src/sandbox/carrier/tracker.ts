import { newId, type StoredObject } from '../store.js';
import type { ProviderEvent } from '../webhooks/deliveries.js';
import { carrierName, type Shipment } from './shipment.js';

/** Where a customer sees the parcel. */
export const trackingPath = (trackingNumber: string): string => `/track/${trackingNumber}`;

export const trackerStatuses = [
  'unknown',
  'pre_transit',
  'in_transit',
  'out_for_delivery',
  'delivered',
  'available_for_pickup',
  'return_to_sender',
  'failure',
  'cancelled',
  'error',
] as const;
export type TrackerStatus = (typeof trackerStatuses)[number];

/** The tracking of a parcel in EasyPost's shape. */
export type Tracker = Readonly<ReturnType<typeof blankTracker>>;

const details: Readonly<Record<TrackerStatus, readonly [detail: string, message: string]>> = {
  unknown: ['unknown', 'No information yet'],
  pre_transit: ['label_created', 'Label created, parcel not yet received'],
  in_transit: ['received_at_origin_facility', 'Parcel received by the carrier'],
  out_for_delivery: ['out_for_delivery', 'Out for delivery'],
  delivered: ['arrived_at_destination', 'Delivered'],
  available_for_pickup: ['arrived_at_pickup_location', 'Ready to be picked up'],
  return_to_sender: ['return', 'On the way back to the sender'],
  failure: ['delivery_exception', 'Delivery failed'],
  cancelled: ['cancelled', 'Label voided'],
  error: ['unknown', 'The carrier reported an error'],
};

/** The messages of a failure, by its detail. */
const mishaps: ReadonlyMap<string, string> = new Map([
  ['lost', 'The parcel is lost'],
  ['damaged', 'The parcel is damaged and cannot be delivered'],
  ['refused', 'The recipient refused the parcel'],
]);

const atRest: readonly TrackerStatus[] = ['unknown', 'pre_transit', 'cancelled', 'error'];
const ends: readonly TrackerStatus[] = [
  'delivered',
  'return_to_sender',
  'failure',
  'cancelled',
  'error',
];

/** Whether the carrier ever had the parcel. */
export const isHandedOver = (tracker: Tracker): boolean =>
  tracker.tracking_details.some(({ status }) => !atRest.includes(status));

function blankTracker(shipment: Shipment, trackingCode: string, siteUrl: string) {
  const now = new Date().toISOString();
  const { weight } = shipment.parcel;
  return {
    id: newId('trk'),
    object: 'Tracker',
    mode: 'test',
    tracking_code: trackingCode,
    status: 'unknown' as TrackerStatus,
    status_detail: 'unknown',
    shipment_id: shipment.id,
    carrier: carrierName,
    /** Ounces. */
    weight: typeof weight === 'number' ? weight : null,
    tracking_details: [] as readonly ReturnType<typeof detailOf>[],
    finalized: false,
    is_return: shipment.is_return,
    public_url: `${siteUrl}${trackingPath(trackingCode)}`,
    created_at: now,
    updated_at: now,
  };
}

/** @param siteUrl where customers find the carrier */
export const newTracker = (...[shipment, code, siteUrl]: Parameters<typeof blankTracker>) =>
  advanced(blankTracker(shipment, code, siteUrl), 'pre_transit');

/** The tracker after one more scan. */
export function advanced(tracker: Tracker, status: TrackerStatus, detail?: string): Tracker {
  const scan = detailOf(status, detail);
  return {
    ...tracker,
    status,
    status_detail: scan.status_detail,
    tracking_details: [...tracker.tracking_details, scan],
    finalized: ends.includes(status),
    updated_at: scan.datetime,
  };
}

function detailOf(status: TrackerStatus, detail?: string) {
  const [usualDetail, usualMessage] = details[status];
  const statusDetail = detail ?? usualDetail;
  return {
    object: 'TrackingDetail',
    status,
    status_detail: statusDetail,
    message: mishaps.get(statusDetail) ?? usualMessage,
    datetime: new Date().toISOString(),
    source: carrierName,
  };
}

/** @param dueMs when the next step follows by itself; null: never. */
export const storedTracker = (
  tracker: Tracker,
  orderId: string | null,
  dueMs: number | null,
): StoredObject => ({
  id: tracker.id,
  kind: 'tracker',
  orderId,
  parentId: tracker.shipment_id,
  alias: tracker.tracking_code,
  createdMs: Date.parse(tracker.created_at),
  dueMs,
  body: tracker,
});

export function trackerUpdated(
  tracker: Tracker,
  orderId: string | null,
  previous: TrackerStatus,
): ProviderEvent {
  const id = newId('evt');
  const payload = {
    id,
    object: 'Event',
    mode: 'test',
    description: 'tracker.updated',
    previous_attributes: { status: previous },
    result: tracker,
    status: 'pending',
    pending_urls: [],
    completed_urls: [],
    created_at: tracker.updated_at,
    updated_at: tracker.updated_at,
  };
  return { id, receiver: 'carrier', orderId, payload };
}
