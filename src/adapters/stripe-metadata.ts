import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import type { OrderId } from '../domain/ids.js';

type Metadata = Readonly<Record<string, string>>;
type Marked = Pick<Stripe.PaymentIntent, 'metadata' | 'amount_received'>;

/** What marks a payment that only holds an idempotency key. */
export const fenceMetadata = (orderId: OrderId) => ({ order_id: orderId, fence: 'true' });

/** What ties a payment to the call that made it, longer than Stripe remembers the call's key. */
export const authorizationMetadata = (orderId: OrderId, key: string) => ({
  order_id: orderId,
  authorization_key: key,
});

/** Whether the payment was made under the key. Payments of the first release bear no key. */
export const isAuthorizedUnder = ({ metadata }: Marked, key: string): boolean =>
  (metadata['authorization_key'] ?? key) === key;

/** What a capture leaves on its payment, in the same request: there if, and only if, it took place. */
export const captureMetadata = (key: string, amountMinor: number): Metadata => ({
  [`${captured}${digestOf(key)}`]: String(amountMinor),
});

/**
 * Whether the capture with this key took place. The sum that was received does not tell: it may be
 * another shipment's. A payment without any mark was captured by the first release, or by hand: whole.
 */
export function isCapturedUnder({ metadata, amount_received }: Marked, key: string): boolean {
  if (metadata[`${captured}${digestOf(key)}`] !== undefined) return true;
  const hasMarks = Object.keys(metadata).some((name) => name.startsWith(captured));
  return amount_received > 0 && !hasMarks;
}

/** What is written under a capture's own key, so that a late capture is refused. */
export const barMetadata = (key: string): Metadata => ({ [`barred_${digestOf(key)}`]: 'true' });

/** What ties a refund to its call. */
export const refundMetadata = (orderId: OrderId, key: string) => ({
  order_id: orderId,
  refund_key: key,
});

const captured = 'capture_';

/** Stripe allows 40 characters for a name in the metadata; our keys are longer. */
const digestOf = (key: string): string =>
  createHash('sha256').update(key).digest('hex').slice(0, 32);
