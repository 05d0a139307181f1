import type Stripe from 'stripe';
import type { PaymentGateway, VoidedPayment } from '../activities/ports.js';
import { ProviderUnavailable } from '../domain/failures.js';
import { money, sum, type Currency } from '../domain/money.js';
import { isKeyMismatch } from './stripe-failure.js';
import {
  cancelIntent,
  closeIntent,
  intentOf,
  isClosed,
  recentIntents,
  searchIntents,
} from './stripe-intents.js';
import { fenceMetadata, isAuthorizedUnder } from './stripe-metadata.js';
import { createRefund } from './stripe-refund.js';

type VoidRequest = Parameters<PaymentGateway['voidAuthorization']>[0];
type LateRequest = Parameters<PaymentGateway['settleLate']>[0];

const nothing: VoidedPayment = { kind: 'nothing_to_undo' };
const longestRecheckMs = 10_000;

/**
 * Gives back an authorization of which nobody knows whether it exists.
 *
 * A fence, a payment that can never be paid, is created under the authorization's own key. If Stripe
 * takes it, no authorization was made under that key, and from now on none can be. If Stripe says
 * that the key belongs to another request, the authorization was sent, and is looked up and cancelled.
 * Stripe keeps keys for a day at least; an older authorization is found by the search in either case.
 * Every other payment of the order is settled with it, and what was captured of them by somebody who
 * died before he could tell is refunded.
 * @param settleAfterMs how long after the first look an authorization that was sent, and that nobody
 *   finds, is taken to have failed without a trace
 * @throws ProviderUnavailable while an authorization may still come to light
 */
export async function voidAuthorization(
  stripe: Stripe,
  request: VoidRequest,
  settleAfterMs: number,
): Promise<VoidedPayment> {
  const { orderId, authorizationKey, idempotencyKey } = request;
  const isFenced = await fenceAuthorization(stripe, request);
  const found = await searchIntents(stripe, orderId);
  const isFound = (intent: Stripe.PaymentIntent) => isAuthorizedUnder(intent, authorizationKey);
  if (isFenced || found.some(isFound)) return settleAll(stripe, found, idempotencyKey);
  const all = union(found, await recentIntents(stripe, orderId));
  const settled = await settleAll(stripe, all, idempotencyKey);
  if (!all.some(isFound)) await awaitTrace(stripe, request, settleAfterMs);
  return settled;
}

/**
 * Gives back a payment that came through after its order had given up on it.
 * @throws ProviderRefused when the payment is another order's
 */
export async function settleLate(
  stripe: Stripe,
  { orderId, paymentId, idempotencyKey }: LateRequest,
): Promise<VoidedPayment> {
  const intent = await intentOf(stripe, orderId, paymentId);
  return settle(stripe, intent, idempotencyKey);
}

const union = (
  found: readonly Stripe.PaymentIntent[],
  recent: readonly Stripe.PaymentIntent[],
): readonly Stripe.PaymentIntent[] => [
  ...recent,
  ...found.filter(({ id }) => !recent.some((intent) => intent.id === id)),
];

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
  const results: VoidedPayment[] = [];
  for (const intent of intents) {
    results.push(await settle(stripe, intent, `${idempotencyKey}:${intent.id}`));
  }
  return together(results);
}

/** Money that went back is the news, then what was let go of. */
function together(results: readonly VoidedPayment[]): VoidedPayment {
  const amounts = results.flatMap((result) => (result.kind === 'refunded' ? [result.amount] : []));
  const [first] = amounts;
  if (first !== undefined) return { kind: 'refunded', amount: sum(amounts, first.currency) };
  return results.find(({ kind }) => kind === 'undone') ?? nothing;
}

async function settle(
  stripe: Stripe,
  intent: Stripe.PaymentIntent,
  idempotencyKey: string,
): Promise<VoidedPayment> {
  const ended = await closeIntent(stripe, intent, idempotencyKey);
  if (!isClosed(ended)) throw new ProviderUnavailable(`payments: still ${ended.status}`);
  if (ended.amount_received > 0) return giveBack(stripe, ended, idempotencyKey);
  return wasVoided(ended) ? { kind: 'undone' } : nothing;
}

async function giveBack(
  stripe: Stripe,
  { id, metadata, currency }: Stripe.PaymentIntent,
  idempotencyKey: string,
): Promise<VoidedPayment> {
  const params = { payment_intent: id, metadata: { order_id: metadata['order_id'] ?? '' } };
  const amountMinor = await createRefund(stripe, params, `${idempotencyKey}:refund`);
  if (amountMinor === 0) return nothing;
  return { kind: 'refunded', amount: money(amountMinor, currency.toUpperCase() as Currency) };
}

/** A declined payment never held any money. */
const wasVoided = ({ status, last_payment_error }: Stripe.PaymentIntent): boolean =>
  status === 'canceled' && last_payment_error === null;

/**
 * The key is taken and there is no payment: the authorization failed without leaving one, or is
 * under way. A fence under our own key remembers when we first asked.
 * @throws ProviderUnavailable while it may still be under way
 */
async function awaitTrace(
  stripe: Stripe,
  request: VoidRequest,
  settleAfterMs: number,
): Promise<void> {
  const { created } = await createFence(stripe, request, request.idempotencyKey);
  const leftMs = created * 1_000 + settleAfterMs - Date.now();
  if (leftMs <= 0) return;
  throw new ProviderUnavailable(
    'payments: an authorization may be under way',
    Math.min(leftMs, longestRecheckMs),
  );
}
