import type Stripe from 'stripe';
import type { OrderId } from '../domain/ids.js';
import { hasCode } from './stripe-failure.js';

/** How far back, and through how many payments, the list is read where the search lags. */
const recentMs = 60 * 60_000;
const recentLimit = 300;

/** What marks a payment that only holds an idempotency key. */
export const fenceMetadata = (orderId: OrderId) => ({ order_id: orderId, fence: 'true' });

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

/** Cancels a payment, or tells how it ended when something else was first. */
export async function cancelIntent(
  stripe: Stripe,
  paymentId: string,
  idempotencyKey: string,
): Promise<Stripe.PaymentIntent> {
  try {
    return await stripe.paymentIntents.cancel(paymentId, {}, { idempotencyKey });
  } catch (error) {
    if (!hasCode(error, 'payment_intent_unexpected_state')) throw error;
    return stripe.paymentIntents.retrieve(paymentId);
  }
}

const isNoFence = (intent: Stripe.PaymentIntent): boolean => intent.metadata['fence'] === undefined;
