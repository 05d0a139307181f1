import Stripe from 'stripe';
import { translator } from './http-failure.js';

const { StripeError, StripeCardError, StripeIdempotencyError, StripeRateLimitError } =
  Stripe.errors;
type StripeError = Stripe.errors.StripeError;

/** The bank said no, or asked for the buyer, who is not there. */
export const isDecline = (error: unknown): error is StripeError => error instanceof StripeCardError;

/** The key was used before, with other parameters. A key in use is a 409 and not among these. */
export const isKeyMismatch = (error: unknown): boolean => error instanceof StripeIdempotencyError;

export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof StripeError && error.code !== undefined && codes.includes(error.code);

/** Whether the refusal is about this parameter of the request. */
export const aboutParameter = (error: unknown, name: string): boolean =>
  error instanceof StripeError && error.param === name;

export const translated = translator('payments', (error) =>
  error instanceof StripeError
    ? {
        // One of Stripe's rate limits comes as a 400.
        status: error instanceof StripeRateLimitError ? 429 : error.statusCode,
        code: error.code ?? error.type,
        retryAfter: error.headers?.['retry-after'],
      }
    : undefined,
);
