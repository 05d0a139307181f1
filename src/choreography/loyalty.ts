import { loyaltyActivities } from '../activities/loyalty.js';
import { stepOf, type Service, type Situation } from './service.js';

/** Gives members their reward points, and takes them back. */
export const loyalty: Service = {
  name: 'loyalty',
  partitions: 1,
  remembers: ['order.placed', 'compensation.started'],
  reactions: {
    'order.confirmed': async (situation) => {
      if (situation.policy.pointsAt === 'confirmed') await award(situation);
    },
    'order.delivered': async (situation) => {
      if (situation.policy.pointsAt === 'delivered') await award(situation);
    },
    'order.failed': async (situation) => {
      // Points are for goods that somebody has.
      if (!situation.story.isGoingBack) await revoke(situation);
    },
    'compensation.started': revoke,
  },
};

async function award(situation: Situation): Promise<void> {
  const { story, ports } = situation;
  if (!story.placed.isMember || story.isGoingBack) return;
  await loyaltyActivities(ports).awardPoints(stepOf(situation));
}

async function revoke(situation: Situation): Promise<void> {
  const { story, ports } = situation;
  if (story.placed.isMember) await loyaltyActivities(ports).revokePoints(stepOf(situation));
}
