import type Stripe from 'stripe';
import { isOrderId, type OrderId } from '../domain/ids.js';
import { stripeClient, type StripeClientOptions } from './stripe-client.js';
import { translated } from './stripe-failure.js';
import { isNoFence } from './stripe-intents.js';
import { isOfCapture, refundsOf, sumMinor } from './stripe-refund.js';

/** One payment as the provider has it; amounts in minor units. */
export interface ProviderPayment {
  readonly paymentId: string;
  /** The order that the payment names; null when it names none. */
  readonly orderId: OrderId | null;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** What is still held on the card and can be captured. */
  readonly authorizedMinor: number;
  /** ISO 4217 code; it may be one that we do not sell in. */
  readonly currency: string;
  readonly createdAt: Date;
}

export interface PaymentBooks {
  /**
   * The payments that were made since then, the newest first, a page of 100 with each call.
   * @throws ProviderUnavailable or ProviderRefused while it is read
   */
  listPayments(since: Date): AsyncIterable<ProviderPayment>;
  /** The order's payments as Stripe's search knows them, which may lag by a minute. */
  paymentsOf(orderId: OrderId): Promise<readonly ProviderPayment[]>;
}

const expand = ['data.latest_charge.refunds'];

/** Stripe's own list, for comparing it with ours. Connects at the first call. */
export function stripeLedger(options: StripeClientOptions): PaymentBooks {
  const stripe = stripeClient(options);
  return {
    listPayments: (since) => listPayments(stripe, since),
    paymentsOf: (orderId) => translated(paymentsOf(stripe, orderId)),
  };
}

async function paymentsOf(stripe: Stripe, orderId: OrderId): Promise<readonly ProviderPayment[]> {
  const query = `metadata['order_id']:'${orderId}'`;
  const { data } = await stripe.paymentIntents.search({ query, expand, limit: 100 });
  return Promise.all(data.filter(isNoFence).map((intent) => paymentOf(stripe, intent)));
}

async function* listPayments(stripe: Stripe, since: Date): AsyncGenerator<ProviderPayment> {
  const created = { gte: Math.floor(since.getTime() / 1_000) };
  const list = stripe.paymentIntents.list({ created, expand, limit: 100 });
  const intents = list[Symbol.asyncIterator]();
  for (;;) {
    const next = await translated(intents.next());
    if (next.done === true) return;
    if (isNoFence(next.value)) yield await translated(paymentOf(stripe, next.value));
  }
}

async function paymentOf(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<ProviderPayment> {
  const orderId = intent.metadata['order_id'] ?? '';
  return {
    paymentId: intent.id,
    orderId: isOrderId(orderId) ? orderId : null,
    capturedMinor: intent.amount_received,
    refundedMinor: sumMinor(await refundsBehind(stripe, intent)),
    authorizedMinor: intent.amount_capturable,
    currency: intent.currency.toUpperCase(),
    createdAt: new Date(intent.created * 1_000),
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
