import type { FactOf } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import { alwaysRetryable } from './error-classification.js';
import type { Ports, VoidedPayment } from './ports.js';
import { idempotencyKey, type StepResult } from './step.js';

export interface SettleLatePayment {
  readonly orderId: OrderId;
  readonly paymentId: string;
}

/** Money that came through after its order had given up on it goes back, and the timeline tells. */
export const latePaymentActivities = ({
  payments,
  journal,
}: Pick<Ports, 'payments' | 'journal'>) => ({
  settleLatePayment: alwaysRetryable(
    async (request: SettleLatePayment): Promise<StepResult<null>> => {
      const { orderId, paymentId } = request;
      const settled = await payments.settleLate({
        orderId,
        paymentId,
        idempotencyKey: idempotencyKey(orderId, 'settleLate', paymentId),
      });
      const fact: FactOf<'payment.late'> = {
        type: 'payment.late',
        paymentId,
        settled: settledAs[settled.kind],
      };
      const key = `settleLate:${paymentId}`;
      return { outcome: null, ...(await journal.append({ orderId, key, facts: [fact] })) };
    },
  ),
});

const settledAs = {
  undone: 'voided',
  refunded: 'refunded',
  nothing_to_undo: 'nothing_to_undo',
} as const satisfies Record<VoidedPayment['kind'], FactOf<'payment.late'>['settled']>;
