import { z } from 'zod';
import type { CarrierScan, Milestone } from '../../db/webhooks.js';
import { parseJson } from './parse-json.js';

export type CarrierMessage =
  | { readonly kind: 'scan'; readonly scan: CarrierScan }
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
  const { tracking_code: trackingNumber, status } = tracked.data.result;
  return { kind: 'scan', scan: { eventId: event.data.id, trackingNumber, status } };
}

const milestones: Readonly<Record<string, Milestone>> = {
  in_transit: 'handed_over',
  out_for_delivery: 'handed_over',
  available_for_pickup: 'handed_over',
  delivered: 'delivered',
};

/** What a tracker's status means to the order: scans may be lost, so later ones imply earlier ones. */
export const milestoneOf = (status: string): Milestone =>
  Object.hasOwn(milestones, status) ? (milestones[status] ?? null) : null;
