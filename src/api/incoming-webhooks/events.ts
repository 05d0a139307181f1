import { z } from 'zod';
import type { Dispute } from '../../db/disputes.js';
import { isOrderId, type OrderId } from '../../domain/ids.js';
import { currencies, money } from '../../domain/money.js';
import type { CarrierMilestone } from '../../domain/shipment.js';

/** What the provider reported about a payment. */
interface PaymentReport {
  readonly eventId: string;
  /** The order that the payment names; it may be one that we do not have. */
  readonly orderId: OrderId | null;
  readonly paymentId: string;
  readonly outcome: 'authorized' | 'failed';
  /** When it happened, RFC 3339, in whole seconds. */
  readonly happenedAt: string;
}

/** One scan that the carrier reported. */
interface CarrierScan {
  readonly eventId: string;
  readonly trackingNumber: string;
  readonly status: string;
}

/** The value, or undefined when the text is not JSON. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

type PaymentMessage =
  | { readonly kind: 'report'; readonly report: PaymentReport }
  | { readonly kind: 'dispute'; readonly dispute: Dispute }
  /** Signed, and nothing that an order waits for. */
  | { readonly kind: 'other'; readonly eventId: string; readonly orderId: OrderId | null }
  | { readonly kind: 'unreadable' };

const envelope = z.object({
  id: z.string().regex(/^evt_[A-Za-z0-9_]{1,200}$/),
  type: z.string(),
  data: z.object({
    object: z.object({ metadata: z.object({ order_id: z.string().optional() }).nullish() }),
  }),
});

const paymentId = z.string().regex(/^pi_[A-Za-z0-9_]{1,200}$/);
const reportData = z.object({
  created: z.int().min(0),
  data: z.object({ object: z.object({ id: paymentId }) }),
});

const disputeData = z.object({
  data: z.object({
    object: z.object({
      id: z.string().regex(/^(du|dp)_[A-Za-z0-9_]{1,200}$/),
      payment_intent: paymentId,
      amount: z.int().min(0),
      currency: z.string().toUpperCase().pipe(z.enum(currencies)),
    }),
  }),
});

const outcomes: Readonly<Record<string, PaymentReport['outcome']>> = {
  'payment_intent.amount_capturable_updated': 'authorized',
  'payment_intent.succeeded': 'authorized',
  'payment_intent.payment_failed': 'failed',
  'payment_intent.canceled': 'failed',
};

/** The event in a body whose signature was checked. */
export function parsePaymentEvent(body: Buffer): PaymentMessage {
  const json = parseJson(body);
  const event = envelope.safeParse(json);
  if (!event.success) return { kind: 'unreadable' };
  const { id: eventId, type } = event.data;
  if (type === 'charge.dispute.created') return disputeIn(json, eventId);
  const named = event.data.data.object.metadata?.order_id ?? '';
  const orderId = isOrderId(named) ? named : null;
  const outcome = Object.hasOwn(outcomes, type) ? outcomes[type] : undefined;
  if (outcome === undefined) return { kind: 'other', eventId, orderId };
  const payment = reportData.safeParse(json);
  if (!payment.success) return { kind: 'unreadable' };
  const { created, data } = payment.data;
  const happenedAt = new Date(created * 1_000).toISOString();
  const report = { eventId, orderId, paymentId: data.object.id, outcome, happenedAt };
  return { kind: 'report', report };
}

/** What cannot be read names no payment that could be ours. */
function disputeIn(json: unknown, eventId: string): PaymentMessage {
  const parsed = disputeData.safeParse(json);
  if (!parsed.success) return { kind: 'other', eventId, orderId: null };
  const { id: disputeId, payment_intent, amount, currency } = parsed.data.data.object;
  const dispute = {
    eventId,
    disputeId,
    paymentId: payment_intent,
    amount: money(amount, currency),
  };
  return { kind: 'dispute', dispute };
}

type CarrierMessage =
  | {
      readonly kind: 'scan';
      readonly scan: CarrierScan;
      readonly milestone: CarrierMilestone | null;
    }
  /** Signed, but not about a parcel. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable' };

const carrierEnvelope = z.object({
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
  const event = carrierEnvelope.safeParse(json);
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
