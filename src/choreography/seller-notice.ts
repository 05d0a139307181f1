import { notificationActivities } from '../activities/notification.js';
import { stepOf, type Service } from './service.js';

/** Asks the sellers to keep their goods ready. */
export const sellerNotice: Service = {
  name: 'seller-notice',
  partitions: 1,
  remembers: ['compensation.started'],
  reactions: {
    'order.confirmed': async (situation) => {
      if (situation.story.isGoingBack) return;
      await notificationActivities(situation.ports).notifySeller(stepOf(situation));
    },
  },
};
