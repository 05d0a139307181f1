import type { Answer, Outcome, Protocol } from '../provider-call.js';
import { paymentIntent, type Payment, type PaymentStatus } from './payment.js';

export interface PaymentError {
  readonly type: 'card_error' | 'invalid_request_error' | 'idempotency_error' | 'api_error';
  readonly code?: string;
  readonly decline_code?: string;
  readonly message: string;
  readonly param?: string;
  readonly payment_intent?: Readonly<Record<string, unknown>>;
}

/** An error in Stripe's shape. */
export const failure = (status: number, error: PaymentError): Answer => ({
  status,
  body: { error },
});

/** The error of a request that is wrong, or does not fit. */
export const invalid = (error: Omit<PaymentError, 'type'>): Answer =>
  failure(400, { type: 'invalid_request_error', ...error });

/** A refusal before anything ran: its idempotency key stays free. */
export const rejected = (error: Omit<PaymentError, 'type'>): Outcome => ({
  answer: invalid(error),
  stored: false,
});

/** A refusal that is bound to its idempotency key. */
export const refused = (error: Omit<PaymentError, 'type'>): Outcome => ({
  answer: invalid(error),
  stored: true,
});

export const paymentProtocol: Protocol = {
  service: 'payments',
  keyInUse: failure(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: 'There is currently another in-progress request using this Idempotent Key.',
  }),
  keyMismatch: failure(400, {
    type: 'idempotency_error',
    message: 'Keys for idempotent requests can only be used with the same parameters.',
  }),
  serverError: failure(500, { type: 'api_error', message: 'An unknown error occurred.' }),
  noKey: failure(401, {
    type: 'invalid_request_error',
    message: 'You did not provide an API key.',
  }),
};

export const missing = (what: string, id: string): Answer =>
  failure(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
    param: 'intent',
  });

export const missingOutcome = (what: string, id: string): Outcome => ({
  answer: missing(what, id),
  stored: false,
});

/** The refusal of an action that the payment's state does not allow. */
export const unexpectedState = (
  payment: Payment,
  action: string,
  allowed: readonly PaymentStatus[],
): Outcome =>
  refused({
    code: 'payment_intent_unexpected_state',
    message:
      `You cannot ${action} this PaymentIntent because it has a status of ${payment.status}. ` +
      `Only a PaymentIntent with one of the following statuses may be used: ${allowed.join(', ')}.`,
    payment_intent: paymentIntent(payment),
  });
