import type Stripe from 'stripe';
import { ProviderRefused } from '../domain/failures.js';
import type { OrderId } from '../domain/ids.js';
import { hasCode } from './stripe-failure.js';

/** How far back, and through how many payments, the list is read where the search lags. */
const recentMs = 60 * 60_000;
const recentLimit = 300;

/** The order's payments as the search knows them. It may lag by a minute, also in their status. */
export async function searchIntents(
  stripe: Stripe,
  orderId: OrderId,
): Promise<readonly Stripe.PaymentIntent[]> {
  const query = `metadata['order_id']:'${orderId}'`;
  const { data } = await stripe.paymentIntents.search({ query, limit: 100 });
  return data.filter(isNoFence);
}

/** The order's payments among the newest of the account: the list does not lag. */
export async function recentIntents(
  stripe: Stripe,
  orderId: OrderId,
): Promise<readonly Stripe.PaymentIntent[]> {
  const since = Math.floor((Date.now() - recentMs) / 1_000);
  const recent = await stripe.paymentIntents
    .list({ created: { gte: since }, limit: 100 })
    .autoPagingToArray({ limit: recentLimit });
  return recent.filter((intent) => intent.metadata['order_id'] === orderId && isNoFence(intent));
}

/** @throws ProviderRefused when the payment is another order's */
export async function intentOf(
  stripe: Stripe,
  orderId: OrderId,
  paymentId: string,
): Promise<Stripe.PaymentIntent> {
  const intent = await stripe.paymentIntents.retrieve(paymentId);
  if (intent.metadata['order_id'] === orderId) return intent;
  throw new ProviderRefused('payments: the payment belongs to another order');
}

/** Cancels a payment, or tells how it ended when something else was first. */
export const cancelIntent = (
  stripe: Stripe,
  paymentId: string,
  idempotencyKey: string,
): Promise<Stripe.PaymentIntent> =>
  orAsItIs(stripe, paymentId, () =>
    stripe.paymentIntents.cancel(paymentId, {}, { idempotencyKey }),
  );

/**
 * Lets go of what is authorized and not captured: a last capture of nothing where something was
 * captured, else a cancellation. @returns the payment as it then is; still open when it moved meanwhile
 */
export async function closeIntent(
  stripe: Stripe,
  intent: Stripe.PaymentIntent,
  idempotencyKey: string,
): Promise<Stripe.PaymentIntent> {
  if (isClosed(intent)) return intent;
  if (intent.amount_received === 0) return cancelIntent(stripe, intent.id, idempotencyKey);
  const nothing = { amount_to_capture: 0, final_capture: true };
  return orAsItIs(stripe, intent.id, () =>
    stripe.paymentIntents.capture(intent.id, nothing, {
      idempotencyKey: `${idempotencyKey}:release`,
    }),
  );
}

/** The two statuses that nothing leaves, so that a search that lags cannot be wrong about them. */
export const isClosed = ({ status }: Stripe.PaymentIntent): boolean =>
  status === 'succeeded' || status === 'canceled';

export const isNoFence = ({ metadata }: Stripe.PaymentIntent): boolean =>
  metadata['fence'] === undefined;

async function orAsItIs(
  stripe: Stripe,
  paymentId: string,
  change: () => Promise<Stripe.PaymentIntent>,
): Promise<Stripe.PaymentIntent> {
  try {
    return await change();
  } catch (error) {
    if (!hasCode(error, 'payment_intent_unexpected_state')) throw error;
    return stripe.paymentIntents.retrieve(paymentId);
  }
}
