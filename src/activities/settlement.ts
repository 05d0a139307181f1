import type { Fact } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import { retryable, alwaysRetryable } from './error-classification.js';
import type { Capture, Ports, CompensationResult } from './ports.js';
import {
  idempotencyKey,
  numbered,
  recordOutcome,
  compensationFacts,
  type Step,
  type StepResult,
} from './step.js';

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
  capturePayment: retryable(async (step: CapturePayment): Promise<StepResult<Capture>> => {
    const key = settlementKey('capturePayment', step);
    const capture = await payments.capture({
      orderId: step.orderId,
      paymentId: step.paymentId,
      amount: step.amount,
      idempotencyKey: `${step.orderId}:${key}`,
      isPart: step.isPart,
    });
    return recordOutcome(journal, step, key, capture, [captureFact(capture, step)]);
  }),

  refundPayment: alwaysRetryable(
    async (step: RefundPayment): Promise<StepResult<CompensationResult>> => {
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
      const facts = compensationFacts(undone, 'refundPayment', refunded, shipmentId);
      return recordOutcome(journal, step, key, undone, facts);
    },
  ),

  /** What will not be captured any more is not held on the customer's card either. */
  releaseRemainder: alwaysRetryable(
    async (step: ReleaseRemainder): Promise<StepResult<CompensationResult>> => {
      const { orderId, paymentId, amount } = step;
      const key = idempotencyKey(orderId, 'releaseRemainder');
      const undone = await payments.releaseRemainder({ orderId, paymentId, idempotencyKey: key });
      const facts: readonly Fact[] =
        undone.kind === 'undone' ? [{ type: 'payment.remainder_released', amount }] : [];
      return recordOutcome(journal, step, 'releaseRemainder', undone, facts);
    },
  ),
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
