import type { DeliveryPartners, PartnerOffer, ClosedOffer } from '../activities/ports.js';
import { oneRow, type Database } from '../db/database.js';
import { answerOffer, type OfferState } from '../db/delivery-offers.js';
import { ProviderRefused } from '../domain/failures.js';
import { pickUpSlot } from '../domain/pick-up-slot.js';
import { overPostgres } from './postgres-errors.js';

interface OfferRow {
  readonly id: string;
  readonly partner_id: string | null;
  readonly offered_at: Date;
  readonly until: Date | null;
}

/** Partners, what they were offered and who carries what; who is asked is decided in the database. */
export const postgresDeliveryPartners = (database: Database): DeliveryPartners =>
  overPostgres({
    offer: async ({ orderId, round, country, postalCode, acceptMs }) =>
      offerOf(
        await oneRow<OfferRow>(database)`select id, partner_id, offered_at, until
          from orders.make_delivery_offer(
            ${orderId}, ${round}, ${country}, ${postalCode}, ${acceptMs})`,
      ),

    settle: async (orderId, offerId, answer) => {
      const offer = await answerOffer(database, offerId, answer);
      if (offer?.orderId === orderId) {
        return closedOffer(offer.partnerId, offer.state, offer.offeredAt);
      }
      throw new ProviderRefused(`${orderId} has no offer ${offerId}`);
    },

    release: async (orderId) => {
      const { any: isUndone } = await oneRow<{ any: boolean }>(database)`
        select orders.release_delivery(${orderId}) as any`;
      return { kind: isUndone ? 'undone' : 'nothing_to_undo' };
    },
  });

/** The answer of a round is that of its beginning; `settle` returns how the offer ended. */
function offerOf({ id, partner_id: partnerId, offered_at, until }: OfferRow): PartnerOffer {
  if (partnerId === null) return { kind: 'none' };
  if (until === null) return assigned(partnerId, offered_at);
  return { kind: 'offered', partnerId, offerId: id, until: until.toISOString() };
}

function closedOffer(partnerId: string, state: OfferState, offeredAt: Date): ClosedOffer {
  switch (state) {
    case 'accepted':
      return assigned(partnerId, offeredAt);
    case 'declined':
    case 'silent':
    case 'released':
      return { kind: 'none', partnerId, why: state };
    case 'offered':
    case 'none':
      throw new Error(`An offer that was answered is ${state}`);
  }
}

function assigned(partnerId: string, offeredAt: Date) {
  const { from, until } = pickUpSlot(offeredAt.toISOString());
  return { kind: 'assigned', partnerId, pickUpFrom: from, pickUpUntil: until } as const;
}
