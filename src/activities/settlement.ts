import type { Fact } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import { asStep, asUndo } from './fate.js';
import type { Capture, Ports, Undone } from './ports.js';
import { idempotencyKey, numbered, tell, undoneFacts, type Step, type Told } from './step.js';

export interface SettlePayment extends Step {
  /** The authorization that the money comes from, counted from 1. */
  readonly number: number;
  readonly amount: Money;
  readonly paymentId: string;
  readonly shipmentId: ShipmentId;
}

export interface CapturePayment extends SettlePayment {
  /** Other shipments are captured from the same authorization. */
  readonly isPart: boolean;
  /** Whether another authorization can be tried when this one ran out. */
  readonly isRenewable: boolean;
}

export interface RefundPayment extends SettlePayment {
  /** Whether all that the order was charged goes back, or what one of its shipments cost. */
  readonly scope: 'order' | 'part';
}

export interface ReleaseRemainder extends Step {
  readonly amount: Money;
  readonly paymentId: string;
}

const settlementKey = (name: string, { shipmentId, number }: SettlePayment) =>
  numbered(`${name}:${shipmentId}`, number);

/** What becomes of authorized money: taken, given back, or let go of. */
export const settlementActivities = ({
  payments,
  journal,
}: Pick<Ports, 'payments' | 'journal'>) => ({
  capturePayment: asStep(async (step: CapturePayment): Promise<Told<Capture>> => {
    const key = settlementKey('capturePayment', step);
    const capture = await payments.capture({
      orderId: step.orderId,
      paymentId: step.paymentId,
      amount: step.amount,
      idempotencyKey: `${step.orderId}:${key}`,
      isPart: step.isPart,
    });
    return tell(journal, step, key, capture, [captureFact(capture, step)]);
  }),

  refundPayment: asUndo(async (step: RefundPayment): Promise<Told<Undone>> => {
    const { orderId, paymentId, amount, shipmentId, scope } = step;
    const key = `refundPayment:${shipmentId}`;
    const idempotencyKey = `${orderId}:${key}`;
    const captureKey = `${orderId}:${settlementKey('capturePayment', step)}`;
    const undone = await payments.refund({
      orderId,
      paymentId,
      amount,
      captureKey,
      idempotencyKey,
      scope,
    });
    const refunded: Fact = { type: 'payment.refunded', amount, shipmentId };
    const facts = undoneFacts(undone, 'refundPayment', refunded, shipmentId);
    return tell(journal, step, key, undone, facts);
  }),

  /** What will not be captured any more is not held on the customer's card either. */
  releaseRemainder: asUndo(async (step: ReleaseRemainder): Promise<Told<Undone>> => {
    const { orderId, paymentId, amount } = step;
    const key = idempotencyKey(orderId, 'releaseRemainder');
    const undone = await payments.releaseRemainder({ orderId, paymentId, idempotencyKey: key });
    const facts: readonly Fact[] =
      undone.kind === 'undone' ? [{ type: 'payment.remainder_released', amount }] : [];
    return tell(journal, step, 'releaseRemainder', undone, facts);
  }),
});

function captureFact(capture: Capture, { amount, shipmentId, ...step }: CapturePayment): Fact {
  switch (capture.kind) {
    case 'captured':
      return { type: 'payment.captured', amount, shipmentId };
    case 'authorization_lost':
      return step.isRenewable
        ? { type: 'payment.authorization_expired', paymentId: step.paymentId }
        : { type: 'payment.declined', code: 'authorization_lost' };
  }
}
