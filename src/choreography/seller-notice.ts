import { notificationActivities } from '../activities/notification.js';
import { forward, type Service } from './service.js';

/** Asks the sellers to keep their goods ready. */
export const sellerNotice: Service = {
  name: 'seller-notice',
  partitions: 1,
  requiredFacts: ['compensation.started'],
  reactions: {
    'order.confirmed': forward(({ ports, step }) =>
      notificationActivities(ports).notifySeller(step),
    ),
  },
};
