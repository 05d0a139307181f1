import { loyaltyActivities } from '../activities/loyalty.js';
import { stepOf, type Service, type ReactionContext } from './service.js';

/** Awards reward points to members, and revokes them. */
export const loyalty: Service = {
  name: 'loyalty',
  partitions: 1,
  requiredFacts: ['order.placed', 'compensation.started'],
  reactions: {
    'order.confirmed': async (context) => {
      if (context.policy.pointsAt === 'confirmed') await award(context);
    },
    'order.delivered': async (context) => {
      if (context.policy.pointsAt === 'delivered') await award(context);
    },
    'order.failed': async (context) => {
      // Nothing was delivered, so no points are due. A compensated order has revoked them already.
      if (!context.history.isCompensating) await revoke(context);
    },
    'compensation.started': revoke,
  },
};

async function award(context: ReactionContext): Promise<void> {
  const { history, ports } = context;
  if (!history.placed.isMember || history.isCompensating) return;
  await loyaltyActivities(ports).awardPoints(stepOf(context));
}

async function revoke(context: ReactionContext): Promise<void> {
  const { history, ports } = context;
  if (history.placed.isMember) await loyaltyActivities(ports).revokePoints(stepOf(context));
}
