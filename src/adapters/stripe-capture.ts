import type Stripe from 'stripe';
import type { Capture, PaymentGateway } from '../activities/ports.js';
import { aboutParameter, hasCode, isDecline, isKeyMismatch } from './stripe-failure.js';
import { closeIntent, isClosed } from './stripe-intents.js';
import { captureMetadata, isCapturedUnder } from './stripe-metadata.js';

type CaptureRequest = Parameters<PaymentGateway['capture']>[0];

const expiredCodes = ['charge_expired_for_capture', 'capture_charge_authorization_expired'];

/**
 * Takes authorized money. Each capture marks its payment under its own key, and what is unknown about
 * it is answered by its mark. A payment can take a second capture of the same part, so a part looks
 * for its mark before it is sent: Stripe may have forgotten its key.
 */
export async function capture(stripe: Stripe, request: CaptureRequest): Promise<Capture> {
  const { paymentId, idempotencyKey, isPart } = request;
  if (isPart) {
    const intent = await stripe.paymentIntents.retrieve(paymentId);
    if (isCapturedUnder(intent, idempotencyKey)) return { kind: 'captured' };
  }
  try {
    await (isPart ? capturePart(stripe, request) : captureLast(stripe, request, idempotencyKey));
    return { kind: 'captured' };
  } catch (error) {
    return outcomeBehind(stripe, request, error);
  }
}

const captureLast = (stripe: Stripe, { paymentId, ...request }: CaptureRequest, sentKey: string) =>
  stripe.paymentIntents.capture(paymentId, paramsOf(request), { idempotencyKey: sentKey });

/** A card that can be captured once only gives up what is left of its authorization. */
async function capturePart(stripe: Stripe, request: CaptureRequest): Promise<void> {
  const { paymentId, idempotencyKey } = request;
  try {
    const params = { ...paramsOf(request), final_capture: false };
    await stripe.paymentIntents.capture(paymentId, params, { idempotencyKey });
  } catch (error) {
    if (!aboutParameter(error, 'final_capture')) throw error;
    await captureLast(stripe, request, `${idempotencyKey}:final`);
  }
}

const paramsOf = ({ amount, idempotencyKey }: Omit<CaptureRequest, 'paymentId'>) => ({
  amount_to_capture: amount.amountMinor,
  metadata: captureMetadata(idempotencyKey, amount.amountMinor),
});

/** What became of a capture that was refused: it may have been the second one. */
async function outcomeBehind(
  stripe: Stripe,
  { paymentId, idempotencyKey }: CaptureRequest,
  refusal: unknown,
): Promise<Capture> {
  const isLost = isDecline(refusal) || hasCode(refusal, ...expiredCodes);
  const isKnown = isKeyMismatch(refusal) || hasCode(refusal, 'payment_intent_unexpected_state');
  if (!isLost && !isKnown) throw refusal;
  const intent = await stripe.paymentIntents.retrieve(paymentId);
  // What cannot be captured must not stay authorized either.
  const ended = isLost ? await closeIntent(stripe, intent, `${idempotencyKey}:cancel`) : intent;
  if (isCapturedUnder(ended, idempotencyKey)) return { kind: 'captured' };
  if (isClosed(ended)) return { kind: 'authorization_lost' };
  throw refusal;
}
