import type { DeliveryOffer } from '../db/delivery-offers.js';
import { pickUpSlot } from '../domain/pick-up-slot.js';

/** An offer as a delivery partner sees it: the order by its id, nobody's address. */
export const offerBody = (offer: DeliveryOffer) => ({
  id: offer.id,
  object: 'delivery_offer' as const,
  partner_id: offer.partnerId,
  order_id: offer.orderId,
  state: offer.state,
  offered_at: offer.offeredAt.toISOString(),
  until: offer.until?.toISOString() ?? null,
  answered_at: offer.answeredAt?.toISOString() ?? null,
  pick_up: pickUpSlot(offer.offeredAt.toISOString()),
});
