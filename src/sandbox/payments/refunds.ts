import { newId } from '../identifiers.js';
import type { Outcome } from '../provider-call.js';
import type { StoredObject } from '../store.js';
import { changeOf } from './effects.js';
import { failure, type PaymentError } from './errors.js';
import type { Call } from './intents.js';
import { chargeIdOf, orderIdOf, type Payment } from './payment.js';

export interface RefundRequest extends Call {
  readonly amount: number | undefined;
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Refunds captured money, never more than was captured. */
export function refund(payment: Payment, request: RefundRequest): Outcome {
  const left = payment.amountCaptured - payment.amountRefunded;
  const amount = request.amount ?? left;
  const error = refusalOf(payment, { amount, left, isForced: request.forced === 'refuse' });
  if (error !== undefined) return { answer: failure(400, error), stored: true };
  const object = refundObject(payment, amount, request);
  const change = changeOf({
    payment: { ...payment, amountRefunded: payment.amountRefunded + amount },
    key: request.key,
    bookings: [{ kind: 'refund', amount, refundId: object.id }],
    event: 'charge.refunded',
  });
  return {
    answer: { status: 200, body: object },
    change: { ...change, objects: [...change.objects, storedRefund(payment, object)] },
    stored: true,
  };
}

function refusalOf(
  payment: Payment,
  { amount, left, isForced }: { amount: number; left: number; isForced: boolean },
): PaymentError | undefined {
  const type = 'invalid_request_error';
  if (isForced) {
    return { type, code: 'charge_disputed', message: 'The charge is disputed: no refund.' };
  }
  if (payment.amountCaptured === 0) {
    return {
      type,
      code: 'payment_intent_unexpected_state',
      message: `This PaymentIntent (${payment.id}) does not have a successful charge to refund.`,
    };
  }
  if (left === 0) {
    const message = `Charge ${chargeIdOf(payment)} has already been refunded.`;
    return { type, code: 'charge_already_refunded', message };
  }
  if (amount <= left) return undefined;
  return {
    type,
    message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`,
    param: 'amount',
  };
}

interface Refund extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly created: number;
}

const refundObject = (payment: Payment, amount: number, request: RefundRequest): Refund => ({
  id: newId('re'),
  object: 'refund',
  amount,
  balance_transaction: newId('txn'),
  charge: chargeIdOf(payment),
  created: Math.floor(Date.now() / 1_000),
  currency: payment.currency,
  metadata: request.metadata,
  payment_intent: payment.id,
  reason: request.reason ?? null,
  status: 'succeeded',
});

const storedRefund = (payment: Payment, object: Refund): StoredObject => ({
  id: object.id,
  kind: 'refund',
  orderId: orderIdOf(payment),
  parentId: payment.id,
  createdMs: object.created * 1_000,
  body: object,
});
