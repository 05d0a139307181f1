import type { Call, Outcome } from '../provider-call.js';
import { newId, type StoredObject } from '../store.js';
import { changeOf } from './effects.js';
import { refused, type PaymentError } from './errors.js';
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
  if (error !== undefined) return refused(error);
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
): Omit<PaymentError, 'type'> | undefined {
  if (isForced) return { code: 'charge_disputed', message: 'The charge is disputed: no refund.' };
  if (payment.amountCaptured === 0) {
    return {
      code: 'payment_intent_unexpected_state',
      message: `This PaymentIntent (${payment.id}) does not have a successful charge to refund.`,
    };
  }
  if (left === 0) {
    const message = `Charge ${chargeIdOf(payment)} has already been refunded.`;
    return { code: 'charge_already_refunded', message };
  }
  if (amount <= left) return undefined;
  return {
    message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`,
    param: 'amount',
  };
}

type Refund = ReturnType<typeof refundObject>;

const refundObject = (payment: Payment, amount: number, request: RefundRequest) => ({
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
