import { loyaltyActivities } from '../activities/loyalty.js';
import type { OrderPolicy } from '../domain/policy.js';
import { forward, type ReactionContext, type Service } from './service.js';

const awardAt = (moment: OrderPolicy['pointsAt']) =>
  forward(async ({ history, policy, ports, step }) => {
    if (policy.pointsAt !== moment || !history.placed.isMember) return;
    await loyaltyActivities(ports).awardPoints(step);
  });

async function revoke({ history, ports, step }: ReactionContext): Promise<void> {
  if (history.placed.isMember) await loyaltyActivities(ports).revokePoints(step);
}

/** Awards reward points to members, and revokes them. */
export const loyalty: Service = {
  name: 'loyalty',
  partitions: 1,
  requiredFacts: ['order.placed', 'compensation.started'],
  reactions: {
    'order.confirmed': awardAt('confirmed'),
    'order.delivered': awardAt('delivered'),
    // Nothing was delivered, so no points are due. A compensated order has revoked them already.
    'order.failed': forward(revoke),
    'compensation.started': revoke,
  },
};
