import { deliveryPartnerActivities } from '../activities/delivery-partner.js';
import { forward, type Service } from './service.js';

const ask = forward(({ history, ports, serviceLevel, step }) => {
  const round = history.all('delivery_partner.declined').length;
  const { acceptMs } = serviceLevel.offer;
  return deliveryPartnerActivities(ports).assignDeliveryPartner({ ...step, round, acceptMs });
});

/** Finds a partner for the last mile; the partners are asked one after the other. */
export const deliveryPartner: Service = {
  name: 'delivery-partner',
  partitions: 1,
  requiredFacts: ['delivery_partner.declined', 'compensation.started'],
  reactions: {
    'order.confirmed': ask,
    'delivery_partner.declined': ask,
    'compensation.started': ({ ports, step }) =>
      deliveryPartnerActivities(ports).releaseDeliveryPartner(step),
  },
};
