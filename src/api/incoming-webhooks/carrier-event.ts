import { z } from 'zod';
import type { CarrierScan } from '../../db/incoming-webhooks/carrier.js';
import type { CarrierMilestone } from '../../domain/shipment.js';
import { parseJson } from './parse-json.js';

export type CarrierMessage =
  | {
      readonly kind: 'scan';
      readonly scan: CarrierScan;
      readonly milestone: CarrierMilestone | null;
    }
  /** Signed, but not about a parcel. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable' };

const envelope = z.object({
  id: z.string().regex(/^evt_[A-Za-z0-9_-]{1,200}$/),
  description: z.string(),
});

const tracker = z.object({
  result: z.object({
    tracking_code: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/),
    status: z.string().regex(/^[a-z_]{1,50}$/),
    status_detail: z.string().max(100).nullish(),
  }),
});

/** The event in a body whose signature was checked. */
export function parseCarrierEvent(body: Buffer): CarrierMessage {
  const json = parseJson(body);
  const event = envelope.safeParse(json);
  if (!event.success) return { kind: 'unreadable' };
  if (!event.data.description.startsWith('tracker.')) return { kind: 'other' };
  const tracked = tracker.safeParse(json);
  if (!tracked.success) return { kind: 'unreadable' };
  const { tracking_code: trackingNumber, status, status_detail: detail } = tracked.data.result;
  return {
    kind: 'scan',
    scan: { eventId: event.data.id, trackingNumber, status },
    milestone: milestoneOf(status, detail ?? 'unknown'),
  };
}

const milestones: ReadonlyMap<string, CarrierMilestone> = new Map([
  ['in_transit', 'handed_over'],
  ['out_for_delivery', 'handed_over'],
  ['available_for_pickup', 'handed_over'],
  ['delivered', 'delivered'],
  ['failure', 'exception'],
  ['return_to_sender', 'returned_to_sender'],
  ['lost', 'lost'],
]);

/**
 * What a tracker's status means to the order: scans may be lost, so later ones imply earlier ones.
 * @param detail EasyPost's `status_detail`; `unknown` where there is none
 */
export function milestoneOf(status: string, detail: string): CarrierMilestone | null {
  if (detail === 'lost' && status !== 'delivered') return 'lost';
  // EasyPost also reports its own trouble as an error, and then knows no more about the parcel.
  if (status === 'error') return detail === 'unknown' ? null : 'exception';
  return milestones.get(status) ?? null;
}
