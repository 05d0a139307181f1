import type { Fact } from '../domain/facts.js';
import { asStep, asUndo } from './fate.js';
import type { Ports, Undone } from './ports.js';
import { tell, undoneFacts, type Step, type Told } from './step.js';

export const deliveryPartnerActivities = ({
  partners,
  orders,
  journal,
}: Pick<Ports, 'partners' | 'orders' | 'journal'>) => ({
  assignDeliveryPartner: asStep(async (step: Step): Promise<Told<null>> => {
    const { shippingAddress } = await orders.find(step.orderId);
    const assigned = await partners.assign(step.orderId, shippingAddress.country);
    return tell(journal, step, 'assignDeliveryPartner', null, [factOf(assigned)]);
  }),

  releaseDeliveryPartner: asUndo(async (step: Step): Promise<Told<Undone>> => {
    const undone = await partners.release(step.orderId);
    const facts = undoneFacts(undone, 'releaseDeliveryPartner', {
      type: 'delivery_partner.released',
    });
    return tell(journal, step, 'releaseDeliveryPartner', undone, facts);
  }),
});

const factOf = (assigned: { readonly partnerId: string } | undefined): Fact =>
  assigned
    ? { type: 'delivery_partner.assigned', partnerId: assigned.partnerId }
    : { type: 'delivery_partner.unavailable' };
