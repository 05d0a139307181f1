import { deliveryPartnerActivities } from '../activities/delivery-partner.js';
import { stepOf, type Service, type ReactionContext } from './service.js';

/** Finds a partner for the last mile; the partners are asked one after the other. */
export const deliveryPartner: Service = {
  name: 'delivery-partner',
  partitions: 1,
  requiredFacts: ['delivery_partner.declined', 'compensation.started'],
  reactions: {
    'order.confirmed': ask,
    'delivery_partner.declined': ask,
    'compensation.started': async (context) => {
      await deliveryPartnerActivities(context.ports).releaseDeliveryPartner(stepOf(context));
    },
  },
};

async function ask(context: ReactionContext): Promise<void> {
  const { history, ports, serviceLevel } = context;
  if (history.isCompensating) return;
  const round = history.all('delivery_partner.declined').length;
  const { acceptMs } = serviceLevel.offer;
  await deliveryPartnerActivities(ports).assignDeliveryPartner({
    ...stepOf(context),
    round,
    acceptMs,
  });
}
