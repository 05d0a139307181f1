import type Stripe from 'stripe';
import type { PaymentGateway, CompensationResult } from '../activities/ports.js';
import { ProviderUnavailable } from '../domain/failures.js';
import { authorize, findAuthorization } from './stripe-authorize.js';
import { capture } from './stripe-capture.js';
import { stripeClient, type StripeClientOptions } from './stripe-client.js';
import { translated } from './stripe-failure.js';
import { closeIntent, intentOf, isClosed } from './stripe-intents.js';
import { refund } from './stripe-refund.js';
import { settleLate, voidAuthorization } from './stripe-void.js';
import { withinOperation } from './time-limits.js';

export interface StripeOptions extends StripeClientOptions {
  /**
   * How long a void waits for an authorization that was sent and that Stripe does not show, in
   * milliseconds. The default is above the usual lag of Stripe's search and the life of a request.
   */
  readonly settleAfterMs?: number;
}

type Release = Parameters<PaymentGateway['releaseRemainder']>[0];

/** Payments over Stripe: authorized first, captured when the parcel goes. Connects at the first call. */
export function stripePayments({
  settleAfterMs = 60_000,
  ...options
}: StripeOptions): PaymentGateway {
  const stripe = stripeClient(options);
  return {
    authorize: (request) => bounded(() => authorize(stripe, request)),
    find: (paymentId) => bounded(() => findAuthorization(stripe, paymentId)),
    voidAuthorization: (request) =>
      bounded(() => voidAuthorization(stripe, request, settleAfterMs)),
    capture: (request) => bounded(() => capture(stripe, request)),
    refund: (request) => bounded(() => refund(stripe, request)),
    releaseRemainder: (request) => bounded(() => releaseRemainder(stripe, request)),
    settleLate: (request) => bounded(() => settleLate(stripe, request)),
  };
}

/** One operation of the gateway, of a few calls, in the time that one attempt has. */
const bounded = <Answer>(operation: () => Promise<Answer>): Promise<Answer> =>
  translated(withinOperation(operation));

async function releaseRemainder(stripe: Stripe, request: Release): Promise<CompensationResult> {
  const { orderId, paymentId, idempotencyKey } = request;
  const intent = await intentOf(stripe, orderId, paymentId);
  const closed = await closeIntent(stripe, intent, idempotencyKey);
  if (!isClosed(closed)) throw new ProviderUnavailable(`payments: still ${closed.status}`);
  return closed.amount_received < closed.amount ? { kind: 'undone' } : { kind: 'nothing_to_undo' };
}
