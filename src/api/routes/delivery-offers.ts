import {
  answerOffer,
  listOffers,
  partnerExists,
  type DeliveryOffer,
} from '../../db/delivery-offers.js';
import { findOrder } from '../../db/orders.js';
import { isOfferId } from '../../domain/ids.js';
import { pickUpSlot } from '../../domain/pick-up-slot.js';
import { partnerAnswerSignal, type PartnerAnswer } from '../../workflows/messages.js';
import type { Database } from '../../db/database.js';
import { storeMessage } from '../../db/messages.js';
import { sendMessage } from '../../temporal/messages.js';
import { problem, type Problem } from '../problem.js';
import { content, type Handler, type Reply } from '../reply.js';
import { listReply } from '../representation.js';
import { found, idIn, queryOf, refuse } from '../request.js';
import { offerListQuery } from '../schemas/list-query.js';

const isPartnerId = (text: string): boolean => /^[\w-]{1,64}$/.test(text);

/** `GET /v1/delivery-partners/{id}/offers`, newest first. */
export const getPartnerOffers: Handler = async (request, { database }) => {
  const partnerId = idIn(request, isPartnerId, 'delivery_partner_not_found');
  const { limit, starting_after: after, state } = queryOf(request, offerListQuery);
  const offers = await listOffers(database, partnerId, { limit: limit + 1, after, state });
  if (offers.length === 0 && !(await partnerExists(database, partnerId))) {
    refuse('delivery_partner_not_found');
  }
  return listReply(offers, limit, offerBody, ({ id }) => id);
};

type Answer = PartnerAnswer['answer'];

const stateAfter = { accept: 'accepted', decline: 'declined' } as const;

/**
 * `POST /v1/delivery-offers/{id}/accept|decline`: the database decides whether the answer came in
 * time, then the order's workflow is signalled. The same answer twice is quiet.
 */
export const answerDeliveryOffer =
  (answer: Answer): Handler =>
  async (request, api) => {
    const offerId = idIn(request, isOfferId, 'delivery_offer_not_found');
    const { offer, message } = await api.database.transaction().execute(async (transaction) => {
      const answered = await answerOffer(transaction, offerId, answer);
      const offer = found(answered, 'delivery_offer_not_found');
      return { offer, message: await storeAnswer(transaction, offer, answer) };
    });
    if (message?.isNew) await sendMessage(api.database, api.workflows, message);
    return offer.state === stateAfter[answer] ? shown(offer) : closed(offer);
  };

/** Nobody waits for a partner that accepts everything; a choreographed order's service polls. */
async function storeAnswer(
  database: Database,
  { id: offerId, orderId, state, until }: DeliveryOffer,
  answer: Answer,
) {
  if (state !== stateAfter[answer] || until === null) return undefined;
  const order = await findOrder(database, orderId);
  if (order?.coordination !== 'orchestrated') return undefined;
  const body: PartnerAnswer = { offerId, answer };
  const kind = partnerAnswerSignal.name;
  return storeMessage(database, {
    id: `partner:${offerId}`,
    kind,
    orderId,
    recipient: orderId,
    body,
  });
}

const shown = (offer: DeliveryOffer): Reply =>
  content(200, offerBody(offer), { orderId: offer.orderId });

const closed = ({ state, answeredAt }: DeliveryOffer): Problem =>
  problem('delivery_offer_closed', {
    detail: `The offer is ${state}.`,
    members: { current_state: state, answered_at: answeredAt?.toISOString() ?? null },
  });

/** An offer as a delivery partner sees it: the order by its id, nobody's address. */
const offerBody = (offer: DeliveryOffer) => ({
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
