import {
  answerOffer,
  findOffer,
  listOffers,
  recordOfferNotified,
  partnerExists,
  type DeliveryOffer,
} from '../../db/delivery-offers.js';
import { findOrder } from '../../db/orders.js';
import { isOfferId } from '../../domain/ids.js';
import { pickUpSlot } from '../../domain/pick-up-slot.js';
import { partnerAnswerSignal, type PartnerAnswer } from '../../workflows/messages.js';
import type { ApiDependencies } from '../dependencies.js';
import { problem, type Problem } from '../problem.js';
import { content, type Handler, type Reply } from '../reply.js';
import { listReply } from '../representation.js';
import { found, idIn, queryOf, refuse } from '../request.js';
import { describeError } from '../request-log.js';
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
    const answered = await answerOffer(api.database, offerId, answer);
    const offer = found(answered, 'delivery_offer_not_found');
    if (offer.state !== stateAfter[answer]) return closed(offer);
    return isKnownToOrder(offer) ? shown(offer) : signalAnswer(api, offer, answer);
  };

/** Nobody waited for a partner that accepts everything. */
const isKnownToOrder = ({ notifiedAt, until }: DeliveryOffer): boolean =>
  notifiedAt !== null || until === null;

/** An order that has ended may have released the offer; then the answer is too late. */
async function signalAnswer(
  api: ApiDependencies,
  offer: DeliveryOffer,
  answer: Answer,
): Promise<Reply> {
  const { id: offerId, orderId } = offer;
  const order = await findOrder(api.database, orderId);
  // Its service polls for the answer.
  if (order?.coordination === 'choreographed') return shown(offer);
  const signal = await api.workflows.signal(orderId, partnerAnswerSignal, { offerId, answer });
  if (signal.kind === 'not_delivered') {
    const err = describeError(signal.cause);
    api.log.warn({ order_id: orderId, err }, 'an answer to an offer did not reach its order');
    return problem('temporal_unavailable');
  }
  await recordOfferNotified(api.database, offerId);
  const now = (await findOffer(api.database, offerId)) ?? offer;
  return now.state === offer.state ? shown(now) : closed(now);
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
