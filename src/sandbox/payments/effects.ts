import { newId, type LedgerEntry } from '../store.js';
import type { Outcome } from '../provider-call.js';
import type { ProviderEvent } from '../webhooks/deliveries.js';
import { charge, orderIdOf, paymentIntent, stored, type Payment } from './payment.js';

/** Must name a version that the client library of the receiver knows. */
const apiVersion = '2026-10-28.endive';

interface Booking {
  readonly kind: 'authorize' | 'capture' | 'void' | 'refund' | 'decline';
  readonly amount: number;
  readonly refundId?: string;
}

type EventType =
  | 'payment_intent.amount_capturable_updated'
  | 'payment_intent.succeeded'
  | 'payment_intent.canceled'
  | 'payment_intent.payment_failed'
  | 'charge.refunded';

/** What happened to a payment: its new state, ledger entries and webhook. */
interface PaymentUpdate {
  readonly payment: Payment;
  readonly key: string | undefined;
  readonly bookings: readonly Booking[];
  readonly event?: EventType;
}

/** The change that stores the payment, books what happened and sends the webhook. */
export function changeOf({ payment, key, bookings, event }: PaymentUpdate) {
  return {
    objects: [stored(payment)],
    ledger: bookings.map((booking) => ledgerEntry(payment, booking, key)),
    events: event === undefined ? [] : [providerEvent(payment, event, key)],
  };
}

/** The usual success: the change, and the payment as it now is. */
export const done = (update: PaymentUpdate): Outcome => ({
  answer: { status: 200, body: paymentIntent(update.payment) },
  change: changeOf(update),
  stored: true,
});

function ledgerEntry(payment: Payment, booking: Booking, key: string | undefined): LedgerEntry {
  return {
    section: 'payments',
    orderId: orderIdOf(payment),
    entry: {
      kind: booking.kind,
      amount: booking.amount,
      currency: payment.currency.toUpperCase(),
      idempotency_key: key ?? null,
      at: new Date().toISOString(),
      payment_id: payment.id,
      ...(booking.refundId === undefined ? {} : { refund_id: booking.refundId }),
    },
  };
}

function providerEvent(payment: Payment, type: EventType, key: string | undefined): ProviderEvent {
  const object = type === 'charge.refunded' ? charge(payment) : paymentIntent(payment);
  return eventOf(payment, type, object, key);
}

export const disputeEvent = (payment: Payment, dispute: object): ProviderEvent =>
  eventOf(payment, 'charge.dispute.created', dispute, undefined);

function eventOf(
  payment: Payment,
  type: string,
  object: object,
  key: string | undefined,
): ProviderEvent {
  const id = newId('evt');
  return {
    id,
    receiver: 'payments',
    orderId: orderIdOf(payment),
    payload: {
      id,
      object: 'event',
      api_version: apiVersion,
      created: Math.floor(Date.now() / 1_000),
      data: { object },
      livemode: false,
      pending_webhooks: 1,
      request: { id: newId('req'), idempotency_key: key ?? null },
      type,
    },
  };
}
