import type { Fact, FactOf } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import { retryable, alwaysRetryable } from './error-classification.js';
import type { Capture, Ports, VoidedPayment } from './ports.js';
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

export interface SettleLatePayment {
  readonly orderId: OrderId;
  readonly paymentId: string;
}

const settlementKey = (name: string, { shipmentId, number }: SettlePayment) =>
  numbered(`${name}:${shipmentId}`, number);

/** Captures, refunds and releases of authorized money. */
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

  refundPayment: alwaysRetryable(async (step: RefundPayment) => {
    const { orderId, paymentId, amount, shipmentId, scope } = step;
    const key = `refundPayment:${shipmentId}`;
    const undone = await payments.refund({
      orderId,
      paymentId,
      amount,
      captureKey: `${orderId}:${settlementKey('capturePayment', step)}`,
      idempotencyKey: `${orderId}:${key}`,
      scope,
    });
    const refunded: Fact = { type: 'payment.refunded', amount, shipmentId };
    const facts = compensationFacts(undone, 'refundPayment', refunded, shipmentId);
    return recordOutcome(journal, step, key, undone, facts);
  }),

  /** What is never captured is no longer held on the customer's card. */
  releaseRemainder: alwaysRetryable(async (step: ReleaseRemainder) => {
    const { orderId, paymentId, amount } = step;
    const key = idempotencyKey(orderId, 'releaseRemainder');
    const undone = await payments.releaseRemainder({ orderId, paymentId, idempotencyKey: key });
    const facts: readonly Fact[] =
      undone.kind === 'undone' ? [{ type: 'payment.remainder_released', amount }] : [];
    return recordOutcome(journal, step, 'releaseRemainder', undone, facts);
  }),

  /** Money that arrived after its order had given up on it is returned, and the timeline says so. */
  settleLatePayment: alwaysRetryable(async (request: SettleLatePayment) => {
    const { orderId, paymentId } = request;
    const settled = await payments.settleLate({
      orderId,
      paymentId,
      idempotencyKey: idempotencyKey(orderId, 'settleLate', paymentId),
    });
    const key = `settleLate:${paymentId}`;
    const facts = [{ type: 'payment.late', paymentId, settled: settledAs[settled.kind] }] as const;
    return { outcome: null, ...(await journal.append({ orderId, key, facts })) };
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

const settledAs = {
  undone: 'voided',
  refunded: 'refunded',
  nothing_to_undo: 'nothing_to_undo',
} as const satisfies Record<VoidedPayment['kind'], FactOf<'payment.late'>['settled']>;
