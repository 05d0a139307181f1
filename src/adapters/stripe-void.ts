import type Stripe from 'stripe';
import type { VoidedPayment } from '../activities/ports.js';
import { ProviderUnavailable } from '../domain/failures.js';
import type { OrderId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import { isKeyMismatch } from './stripe-failure.js';
import { cancelIntent, fenceMetadata, recentIntents, searchIntents } from './stripe-intents.js';
import { createRefund } from './stripe-refund.js';

export interface VoidRequest {
  readonly orderId: OrderId;
  readonly amount: Money;
  readonly authorizationKey: string;
  readonly idempotencyKey: string;
}

const nothing: VoidedPayment = { kind: 'nothing_to_undo' };
const longestRecheckMs = 10_000;

/**
 * Gives back an authorization of which nobody knows whether it exists.
 *
 * A fence, a payment that can never be paid, is created under the authorization's own key. If Stripe
 * takes it, no authorization was made under that key, and from now on none can be. If Stripe says
 * that the key belongs to another request, the authorization was sent, and is looked up and cancelled.
 * Stripe keeps keys for a day at least; an older authorization is found by the search in either case.
 * A payment that was captured by somebody who died before he could tell is refunded.
 * @param settleAfterMs how long after the first look an authorization that was sent, and that nobody
 *   finds, is taken to have failed without a trace
 * @throws ProviderUnavailable while an authorization may still come to light
 */
export async function voidAuthorization(
  stripe: Stripe,
  request: VoidRequest,
  settleAfterMs: number,
): Promise<VoidedPayment> {
  const isFenced = await fenceAuthorization(stripe, request);
  const found = await searchIntents(stripe, request.orderId);
  if (found.length > 0) return settleAll(stripe, found, request.idempotencyKey);
  if (isFenced) return nothing;
  const recent = await recentIntents(stripe, request.orderId);
  if (recent.length > 0) return settleAll(stripe, recent, request.idempotencyKey);
  return nothingAtLast(stripe, request, settleAfterMs);
}

/** @returns false when the key belongs to an authorization that was sent before. */
async function fenceAuthorization(stripe: Stripe, request: VoidRequest): Promise<boolean> {
  try {
    await createFence(stripe, request, request.authorizationKey);
    return true;
  } catch (error) {
    if (isKeyMismatch(error)) return false;
    throw error;
  }
}

/** Parameters must be the same each time, so that a second call is answered like the first. */
async function createFence(
  stripe: Stripe,
  { orderId, amount, idempotencyKey }: VoidRequest,
  fencedKey: string,
): Promise<Stripe.PaymentIntent> {
  const fence = await stripe.paymentIntents.create(
    {
      amount: amount.amountMinor,
      currency: amount.currency.toLowerCase(),
      capture_method: 'manual',
      allowed_payment_method_types: ['card'],
      metadata: fenceMetadata(orderId),
    },
    { idempotencyKey: fencedKey },
  );
  await cancelIntent(stripe, fence.id, `${idempotencyKey}:${fence.id}`);
  return fence;
}

async function settleAll(
  stripe: Stripe,
  intents: readonly Stripe.PaymentIntent[],
  idempotencyKey: string,
): Promise<VoidedPayment> {
  let result = nothing;
  for (const intent of intents) {
    const settled = await settle(stripe, intent, `${idempotencyKey}:${intent.id}`);
    if (settled.kind !== 'nothing_to_undo') result = settled;
  }
  return result;
}

async function settle(
  stripe: Stripe,
  intent: Stripe.PaymentIntent,
  idempotencyKey: string,
): Promise<VoidedPayment> {
  const ended = isEnded(intent) ? intent : await cancelIntent(stripe, intent.id, idempotencyKey);
  if (!isEnded(ended)) throw new ProviderUnavailable(`payments: still ${ended.status}`);
  if (ended.status === 'succeeded') return giveBack(stripe, ended, idempotencyKey);
  return wasVoided(ended) ? { kind: 'undone' } : nothing;
}

async function giveBack(
  stripe: Stripe,
  { id, metadata }: Stripe.PaymentIntent,
  idempotencyKey: string,
): Promise<VoidedPayment> {
  const params = { payment_intent: id, metadata };
  const refund = await createRefund(stripe, params, `${idempotencyKey}:refund`);
  return refund === 'refunded' ? { kind: 'refunded' } : nothing;
}

/** The two statuses that nothing leaves, so that a search that lags cannot be wrong about them. */
const isEnded = ({ status }: Stripe.PaymentIntent): boolean =>
  status === 'succeeded' || status === 'canceled';

/** A declined payment never held any money. */
const wasVoided = ({ status, last_payment_error }: Stripe.PaymentIntent): boolean =>
  status === 'canceled' && last_payment_error === null;

/**
 * The key is taken and there is no payment: the authorization failed without leaving one, or is
 * under way. A fence under our own key remembers when we first asked.
 */
async function nothingAtLast(
  stripe: Stripe,
  request: VoidRequest,
  settleAfterMs: number,
): Promise<VoidedPayment> {
  const { created } = await createFence(stripe, request, request.idempotencyKey);
  const leftMs = created * 1_000 + settleAfterMs - Date.now();
  if (leftMs <= 0) return nothing;
  throw new ProviderUnavailable(
    'payments: an authorization may be under way',
    Math.min(leftMs, longestRecheckMs),
  );
}
