import { pointsFor } from '../domain/loyalty.js';
import { asStep, asUndo } from './fate.js';
import type { Ports, Undone } from './ports.js';
import { tell, undoneFacts, type Step, type Told } from './step.js';

export const loyaltyActivities = ({
  loyalty,
  orders,
  journal,
}: Pick<Ports, 'loyalty' | 'orders' | 'journal'>) => ({
  awardPoints: asStep(async (step: Step): Promise<Told<null>> => {
    const { customer, total } = await orders.find(step.orderId);
    const points = pointsFor(total);
    await loyalty.award(step.orderId, customer.id, points);
    return tell(journal, step, 'awardPoints', null, [{ type: 'points.awarded', points }]);
  }),

  revokePoints: asUndo(async (step: Step): Promise<Told<Undone>> => {
    const undone = await loyalty.revoke(step.orderId);
    const facts = undoneFacts(undone, 'revokePoints', { type: 'points.revoked' });
    return tell(journal, step, 'revokePoints', undone, facts);
  }),
});
