import type Stripe from 'stripe';
import type { PaymentLedgers } from '../activities/reconciliation-ports.js';
import { isOrderId, type OrderId } from '../domain/ids.js';
import type { BookedPayment } from '../domain/ledgers.js';
import { stripeClient, type StripeClientOptions } from './stripe-client.js';
import { translated } from './stripe-failure.js';
import { isNoFence } from './stripe-intents.js';
import { isOfCapture, refundsOf, sumMinor } from './stripe-refund.js';

const expand = ['data.latest_charge.refunds'];

/** Stripe's own list, newest first, to compare ours with. Connects at the first call. */
export function stripeLedger(options: StripeClientOptions): PaymentLedgers {
  const stripe = stripeClient(options);
  return {
    listPayments: (since) => listPayments(stripe, since),
    paymentsOf: (orderId) => translated(paymentsOf(stripe, orderId)),
  };
}

async function paymentsOf(stripe: Stripe, orderId: OrderId): Promise<readonly BookedPayment[]> {
  const query = `metadata['order_id']:'${orderId}'`;
  const { data } = await stripe.paymentIntents.search({ query, expand, limit: 100 });
  return Promise.all(data.filter(isNoFence).map((intent) => paymentOf(stripe, intent)));
}

async function* listPayments(stripe: Stripe, since: Date): AsyncGenerator<BookedPayment> {
  const created = { gte: Math.floor(since.getTime() / 1_000) };
  const list = stripe.paymentIntents.list({ created, expand, limit: 100 });
  const intents = list[Symbol.asyncIterator]();
  for (;;) {
    const next = await translated(intents.next());
    if (next.done === true) return;
    if (isNoFence(next.value)) yield await translated(paymentOf(stripe, next.value));
  }
}

async function paymentOf(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<BookedPayment> {
  const orderId = intent.metadata['order_id'] ?? '';
  return {
    paymentId: intent.id,
    orderId: isOrderId(orderId) ? orderId : null,
    capturedMinor: intent.amount_received,
    refundedMinor: sumMinor(await refundsBehind(stripe, intent)),
    authorizedMinor: intent.amount_capturable,
    currency: intent.currency.toUpperCase(),
  };
}

/** The list brings a payment's first refunds with it; only the rare one with more is asked for. */
async function refundsBehind(
  stripe: Stripe,
  { id, amount_received, latest_charge: charge }: Stripe.PaymentIntent,
): Promise<readonly Stripe.Refund[]> {
  if (amount_received === 0) return [];
  const refunds = charge === null || typeof charge === 'string' ? undefined : charge.refunds;
  const isWhole = refunds !== undefined && refunds !== null && !refunds.has_more;
  return isWhole ? refunds.data.filter(isOfCapture) : refundsOf(stripe, id);
}
