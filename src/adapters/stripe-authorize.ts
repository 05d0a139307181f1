import type Stripe from 'stripe';
import type { Authorization, AuthorizationRequest } from '../activities/ports.js';
import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';
import { isDecline, isKeyMismatch } from './stripe-failure.js';
import { authorizationMetadata } from './stripe-metadata.js';

/** Asks the bank for the amount, and the customer where the bank wants it and he can be asked. */
export async function authorize(
  stripe: Stripe,
  request: AuthorizationRequest,
): Promise<Authorization> {
  const { idempotencyKey, interactive } = request;
  try {
    const intent = await stripe.paymentIntents.create(paramsOf(request), { idempotencyKey });
    if (intent.status === 'canceled') throw fenced();
    const outcome = outcomeOf(intent);
    const isUnasked = outcome.kind === 'requires_action' && !interactive;
    return isUnasked ? declined('authentication_required') : outcome;
  } catch (error) {
    // The SDK says '' where the bank gave no reason of its own.
    if (isDecline(error)) return declined(error.decline_code || error.code);
    if (isKeyMismatch(error)) throw fenced();
    throw error;
  }
}

/** How a payment stands by now; one that was cancelled counts as declined. */
export async function findAuthorization(stripe: Stripe, paymentId: string): Promise<Authorization> {
  const intent = await stripe.paymentIntents.retrieve(paymentId);
  return outcomeOf(intent);
}

const paramsOf = ({
  orderId,
  amount,
  paymentMethod,
  idempotencyKey,
  interactive,
  inParts,
}: AuthorizationRequest): Stripe.PaymentIntentCreateParams => ({
  amount: amount.amountMinor,
  currency: amount.currency.toLowerCase(),
  capture_method: 'manual',
  confirm: true,
  ...(!interactive && { error_on_requires_action: true }),
  payment_method: paymentMethod,
  allowed_payment_method_types: ['card'],
  ...(inParts && { payment_method_options: { card: { request_multicapture: 'if_available' } } }),
  metadata: authorizationMetadata(orderId, idempotencyKey),
});

function outcomeOf(intent: Stripe.PaymentIntent): Authorization {
  switch (intent.status) {
    case 'requires_capture':
    case 'succeeded':
      return { kind: 'authorized', paymentId: intent.id };
    case 'requires_action':
      return { kind: 'requires_action', paymentId: intent.id };
    case 'canceled':
      return declined('canceled');
    case 'processing':
      throw new ProviderUnavailable('payments: still processing');
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
