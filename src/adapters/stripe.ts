import type Stripe from 'stripe';
import type {
  Authorization,
  AuthorizationRequest,
  Capture,
  PaymentGateway,
  Undone,
} from '../activities/ports.js';
import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';
import { stripeClient, type StripeClientOptions } from './stripe-client.js';
import { hasCode, isDecline, isKeyMismatch, translated } from './stripe-failure.js';
import { cancelIntent } from './stripe-intents.js';
import { createRefund } from './stripe-refund.js';
import { voidAuthorization } from './stripe-void.js';

export interface StripeOptions extends StripeClientOptions {
  /**
   * How long a void waits for an authorization that was sent and that Stripe does not show, in
   * milliseconds. The default is above the usual lag of Stripe's search and the life of a request.
   */
  readonly settleAfterMs?: number;
}

type Settlement = Parameters<PaymentGateway['capture']>[0];

const unexpectedState = 'payment_intent_unexpected_state';
const expiredCodes = ['charge_expired_for_capture', 'capture_charge_authorization_expired'];

/** Payments over Stripe: authorized first, captured when the parcel goes. Connects at the first call. */
export function stripePayments({
  settleAfterMs = 60_000,
  ...options
}: StripeOptions): PaymentGateway {
  const stripe = stripeClient(options);
  return {
    authorize: (request) => translated(authorize(stripe, request)),
    voidAuthorization: (request) => translated(voidAuthorization(stripe, request, settleAfterMs)),
    capture: (request) => translated(capture(stripe, request)),
    refund: (request) => translated(refund(stripe, request)),
  };
}

async function authorize(stripe: Stripe, request: AuthorizationRequest): Promise<Authorization> {
  const { idempotencyKey } = request;
  try {
    const intent = await stripe.paymentIntents.create(authorizationOf(request), { idempotencyKey });
    return outcomeOf(intent);
  } catch (error) {
    // The SDK says '' where the bank gave no reason of its own.
    if (isDecline(error)) return declined(error.decline_code || error.code);
    if (isKeyMismatch(error)) throw fenced();
    throw error;
  }
}

const authorizationOf = ({
  orderId,
  amount,
  paymentMethod,
}: AuthorizationRequest): Stripe.PaymentIntentCreateParams => ({
  amount: amount.amountMinor,
  currency: amount.currency.toLowerCase(),
  capture_method: 'manual',
  confirm: true,
  error_on_requires_action: true,
  payment_method: paymentMethod,
  allowed_payment_method_types: ['card'],
  metadata: { order_id: orderId },
});

function outcomeOf(intent: Stripe.PaymentIntent): Authorization {
  switch (intent.status) {
    case 'requires_capture':
    case 'succeeded':
      return { kind: 'authorized', paymentId: intent.id };
    case 'canceled':
      throw fenced();
    case 'processing':
      throw new ProviderUnavailable('payments: still processing');
    case 'requires_action':
      return declined('authentication_required');
    case 'requires_confirmation':
    case 'requires_payment_method': {
      const { last_payment_error: error } = intent;
      return declined(error?.decline_code ?? error?.code);
    }
    default:
      // The SDK's type is open: a status that is newer than it can come.
      throw new ProviderUnavailable(`payments: status ${intent.status}`);
  }
}

const declined = (code = 'card_declined'): Authorization => ({ kind: 'declined', code });

const fenced = () => new ProviderRefused('payments: the authorization was fenced by its void');

async function capture(stripe: Stripe, request: Settlement): Promise<Capture> {
  const { paymentId, amount, idempotencyKey } = request;
  try {
    const params = { amount_to_capture: amount.amountMinor };
    await stripe.paymentIntents.capture(paymentId, params, { idempotencyKey });
    return { kind: 'captured' };
  } catch (error) {
    if (hasCode(error, unexpectedState)) {
      return captureOf(await stripe.paymentIntents.retrieve(paymentId), error);
    }
    if (isDecline(error) || hasCode(error, ...expiredCodes)) {
      // What cannot be captured must not stay authorized either.
      return captureOf(await cancelIntent(stripe, paymentId, `${idempotencyKey}:cancel`), error);
    }
    throw error;
  }
}

function captureOf(intent: Stripe.PaymentIntent, refusal: unknown): Capture {
  if (intent.status === 'canceled') return { kind: 'authorization_lost' };
  if (intent.status === 'succeeded' && intent.amount_received > 0) return { kind: 'captured' };
  throw refusal;
}

async function refund(stripe: Stripe, request: Settlement): Promise<Undone> {
  const { orderId, paymentId, amount, idempotencyKey } = request;
  const intent = await closedIntent(stripe, paymentId, idempotencyKey);
  if (intent.amount_received === 0) return { kind: 'nothing_to_undo' };
  const params = {
    payment_intent: paymentId,
    amount: amount.amountMinor,
    metadata: { order_id: orderId },
  };
  await createRefund(stripe, params, idempotencyKey);
  return { kind: 'undone' };
}

/** A capture whose answer was lost may still be under way: "nothing captured" has to stay true. */
async function closedIntent(
  stripe: Stripe,
  paymentId: string,
  idempotencyKey: string,
): Promise<Stripe.PaymentIntent> {
  const intent = await stripe.paymentIntents.retrieve(paymentId);
  if (intent.status !== 'requires_capture') return intent;
  return cancelIntent(stripe, paymentId, `${idempotencyKey}:cancel`);
}
