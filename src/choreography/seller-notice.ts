import { notificationActivities } from '../activities/notification.js';
import { stepOf, type Service } from './service.js';

/** Asks the sellers to keep their goods ready. */
export const sellerNotice: Service = {
  name: 'seller-notice',
  partitions: 1,
  requiredFacts: ['compensation.started'],
  reactions: {
    'order.confirmed': async (context) => {
      if (context.history.isCompensating) return;
      await notificationActivities(context.ports).notifySeller(stepOf(context));
    },
  },
};
