import { z } from 'zod';
import type { Dispute, PaymentReport } from '../../db/incoming-webhooks/payments.js';
import { isOrderId, type OrderId } from '../../domain/ids.js';
import { currencies, money } from '../../domain/money.js';
import { parseJson } from './parse-json.js';

export type PaymentMessage =
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
