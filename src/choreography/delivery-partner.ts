import { deliveryPartnerActivities } from '../activities/delivery-partner.js';
import { stepOf, type Service, type Situation } from './service.js';

/** Finds somebody who carries the last mile: one is asked after the other. */
export const deliveryPartner: Service = {
  name: 'delivery-partner',
  partitions: 1,
  remembers: ['delivery_partner.declined', 'compensation.started'],
  reactions: {
    'order.confirmed': ask,
    'delivery_partner.declined': ask,
    'compensation.started': async (situation) => {
      await deliveryPartnerActivities(situation.ports).releaseDeliveryPartner(stepOf(situation));
    },
  },
};

async function ask(situation: Situation): Promise<void> {
  const { story, ports, serviceLevel } = situation;
  if (story.isGoingBack) return;
  const round = story.all('delivery_partner.declined').length;
  const { acceptMs } = serviceLevel.offer;
  await deliveryPartnerActivities(ports).assignDeliveryPartner({
    ...stepOf(situation),
    round,
    acceptMs,
  });
}
