import type Stripe from 'stripe';
import type { PaymentGateway, Undone } from '../activities/ports.js';
import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';
import { hasCode, isKeyMismatch } from './stripe-failure.js';
import { closeIntent, isClosed } from './stripe-intents.js';
import { barMetadata, isCapturedUnder, refundMetadata } from './stripe-metadata.js';

type RefundRequest = Parameters<PaymentGateway['refund']>[0];

/** Far above what one order's payment can have. */
const refundLimit = 1_000;
const nothing: Undone = { kind: 'nothing_to_undo' };
const undone: Undone = { kind: 'undone' };

/**
 * Gives exactly the amount back, once for its key, which stands on the refund: Stripe may have
 * forgotten it. An order's refund counts as done when somebody else has given everything back.
 * @throws ProviderRefused when more is asked than is left of what was captured; nothing is sent then
 */
export async function refund(stripe: Stripe, request: RefundRequest): Promise<Undone> {
  const { orderId, paymentId, amount, idempotencyKey, scope } = request;
  const intent = await settledIntent(stripe, request);
  if (!isCaptured(intent, request)) return nothing;
  const made = await refundsOf(stripe, paymentId);
  if (made.some((candidate) => isSame(candidate, request))) return undone;
  const leftMinor = intent.amount_received - sumMinor(made);
  if (leftMinor === 0 && scope === 'order') return undone;
  if (amount.amountMinor > leftMinor) {
    throw new ProviderRefused('payments: more than is left of what was captured');
  }
  const metadata = refundMetadata(orderId, idempotencyKey);
  const params = { payment_intent: paymentId, amount: amount.amountMinor, metadata };
  await createRefund(stripe, params, idempotencyKey);
  return undone;
}

/**
 * Refunds a captured payment, or what is left of it.
 * @returns what was refunded, in minor units; 0 when nothing was left
 * @throws ProviderRefused when the provider took the refund and it came to nothing
 */
export async function createRefund(
  stripe: Stripe,
  params: Stripe.RefundCreateParams,
  idempotencyKey: string,
): Promise<number> {
  try {
    const { status, amount } = await stripe.refunds.create(params, { idempotencyKey });
    if (status !== null && fruitless.has(status)) {
      throw new ProviderRefused(`payments: the refund ${status}`);
    }
    return amount;
  } catch (error) {
    if (hasCode(error, 'charge_already_refunded')) return 0;
    throw error;
  }
}

const fruitless: ReadonlySet<string> = new Set(['failed', 'canceled']);

/** A capture whose answer was lost may still be under way: "nothing captured" has to stay true. */
async function settledIntent(
  stripe: Stripe,
  request: RefundRequest,
): Promise<Stripe.PaymentIntent> {
  const { paymentId, idempotencyKey, scope } = request;
  const intent = await stripe.paymentIntents.retrieve(paymentId);
  if (intent.status !== 'requires_capture') return intent;
  if (scope === 'part') return isCaptured(intent, request) ? intent : barCapture(stripe, request);
  const closed = await closeIntent(stripe, intent, `${idempotencyKey}:cancel`);
  if (!isClosed(closed)) throw new ProviderUnavailable(`payments: still ${closed.status}`);
  return closed;
}

/** Claims the capture's key: if it was not sent before, it is refused from now on. */
async function barCapture(
  stripe: Stripe,
  { paymentId, captureKey }: RefundRequest,
): Promise<Stripe.PaymentIntent> {
  if (captureKey !== undefined) {
    const params = { metadata: barMetadata(captureKey) };
    const options = { idempotencyKey: captureKey };
    await stripe.paymentIntents.update(paymentId, params, options).catch((error: unknown) => {
      if (!isKeyMismatch(error)) throw error;
    });
  }
  return stripe.paymentIntents.retrieve(paymentId);
}

const isCaptured = (intent: Stripe.PaymentIntent, { captureKey }: RefundRequest): boolean =>
  captureKey === undefined ? intent.amount_received > 0 : isCapturedUnder(intent, captureKey);

/** The refunds of what was captured of the payment. */
export async function refundsOf(
  stripe: Stripe,
  paymentId: string,
): Promise<readonly Stripe.Refund[]> {
  const all = await stripe.refunds
    .list({ payment_intent: paymentId, limit: 100 })
    .autoPagingToArray({ limit: refundLimit });
  return all.filter(isOfCapture);
}

export const sumMinor = (refunds: readonly Stripe.Refund[]): number =>
  refunds.reduce((total, { amount }) => total + amount, 0);

/**
 * Whether captured money went back. Stripe keeps what it lets go of without a capture as a refund,
 * too; that one moves no balance.
 */
export const isOfCapture = ({ status, balance_transaction }: Stripe.Refund): boolean =>
  balance_transaction !== null && (status === null || !fruitless.has(status));

/** A refund of the first release bears no key; it was the only one of its order. */
function isSame({ metadata, amount }: Stripe.Refund, request: RefundRequest): boolean {
  const key = metadata?.['refund_key'];
  if (key !== undefined) return key === request.idempotencyKey;
  return metadata?.['order_id'] === request.orderId && amount === request.amount.amountMinor;
}
