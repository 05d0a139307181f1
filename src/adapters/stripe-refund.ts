import type Stripe from 'stripe';
import { ProviderRefused } from '../domain/failures.js';
import { hasCode } from './stripe-failure.js';

/**
 * Refunds a captured payment, or what is left of it.
 * @returns `already_refunded` when nothing was left
 * @throws ProviderRefused when the provider took the refund and it came to nothing
 */
export async function createRefund(
  stripe: Stripe,
  params: Stripe.RefundCreateParams,
  idempotencyKey: string,
): Promise<'refunded' | 'already_refunded'> {
  try {
    const { status } = await stripe.refunds.create(params, { idempotencyKey });
    if (status === 'failed' || status === 'canceled') {
      throw new ProviderRefused(`payments: the refund ${status}`);
    }
    return 'refunded';
  } catch (error) {
    if (hasCode(error, 'charge_already_refunded')) return 'already_refunded';
    throw error;
  }
}
