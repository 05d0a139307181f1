import { pointsFor } from '../domain/loyalty.js';
import type { OrderId, ReturnId } from '../domain/ids.js';
import { retryable, alwaysRetryable } from './error-classification.js';
import type { Ports, CompensationResult } from './ports.js';
import { recordEffect, compensationFacts, type Step, type StepResult } from './step.js';

/** Changes no state, so it needs no place among the order's changes. */
export interface RevokePartOfPoints {
  readonly orderId: OrderId;
  readonly returnId: ReturnId;
  readonly points: number;
}

export const loyaltyActivities = ({ loyalty, orders, journal }: Ports) => ({
  awardPoints: retryable(async (step: Step): Promise<StepResult<null>> => {
    const { customer, total } = await orders.find(step.orderId);
    const points = pointsFor(total);
    const awarding = loyalty.award(step.orderId, customer.id, points);
    return recordEffect(journal, step, 'awardPoints', awarding, () => [
      { type: 'points.awarded', points },
    ]);
  }),

  revokePoints: alwaysRetryable((step: Step): Promise<StepResult<CompensationResult>> => {
    const revoking = loyalty.revoke(step.orderId);
    return recordEffect(journal, step, 'revokePoints', revoking, (undone) =>
      compensationFacts(undone, 'revokePoints', { type: 'points.revoked' }),
    );
  }),

  /** Takes back what a return costs the member, or as much of it as he has left. */
  revokePartOfPoints: alwaysRetryable(async (request: RevokePartOfPoints) => {
    const { orderId, returnId } = request;
    const points = await loyalty.revokePart({ orderId, key: returnId, points: request.points });
    const key = `revokePartOfPoints:${returnId}`;
    const facts = [{ type: 'points.revoked', points, returnId }] as const;
    return { outcome: { points }, ...(await journal.append({ orderId, key, facts })) };
  }),
});
