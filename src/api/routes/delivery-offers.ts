import type { Request } from 'express';
import {
  answerOffer,
  findOffer,
  listOffers,
  markOfferTold,
  partnerExists,
  type DeliveryOffer,
} from '../../db/delivery-offers.js';
import { findOrder } from '../../db/orders.js';
import { isOfferId } from '../../domain/ids.js';
import { partnerAnswerSignal, type PartnerAnswer } from '../../workflows/messages.js';
import type { ApiDependencies } from '../dependencies.js';
import { offerBody } from '../offer-body.js';
import { problem, type Problem } from '../problem.js';
import { content, type Reply } from '../reply.js';
import { listBody } from '../representation.js';
import { describeError } from '../request-log.js';
import { offerListQuery } from '../schemas/list-query.js';
import { parseQuery } from '../schemas/parse.js';

const partnerNotFound = problem('delivery_partner_not_found');
const offerNotFound = problem('delivery_offer_not_found');
const partnerIdPattern = /^[\w-]{1,64}$/;

/** `GET /v1/delivery-partners/{id}/offers`, newest first. */
export const getPartnerOffers =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const partnerId = request.params['id'];
    if (typeof partnerId !== 'string' || !partnerIdPattern.test(partnerId)) return partnerNotFound;
    const query = parseQuery(offerListQuery, request.query);
    if (query.kind === 'invalid') return query.problem;
    const { limit, starting_after: after, state } = query.value;
    const offers = await listOffers(database, partnerId, { limit: limit + 1, after, state });
    if (offers.length === 0 && !(await partnerExists(database, partnerId))) return partnerNotFound;
    return content(
      200,
      listBody(offers, limit, offerBody, ({ id }) => id),
    );
  };

type Answer = PartnerAnswer['answer'];

const stateAfter = { accept: 'accepted', decline: 'declined' } as const;

/**
 * `POST /v1/delivery-offers/{id}/accept|decline`: the database decides whether the answer came in
 * time, the order's workflow is told of it. Answering twice alike is quiet.
 */
export const answerDeliveryOffer =
  (api: ApiDependencies, answer: Answer) =>
  async (request: Request): Promise<Reply> => {
    const offerId = request.params['id'];
    if (typeof offerId !== 'string' || !isOfferId(offerId)) return offerNotFound;
    const offer = await answerOffer(api.database, offerId, answer);
    if (offer === undefined) return offerNotFound;
    if (offer.state !== stateAfter[answer]) return closed(offer);
    return isKnownToOrder(offer) ? shown(offer) : tell(api, offer, answer);
  };

/** A partner that takes everything at once was never waited for. */
const isKnownToOrder = ({ notifiedAt, until }: DeliveryOffer): boolean =>
  notifiedAt !== null || until === null;

/** An order that has ended may have taken the offer back; then the answer comes too late. */
async function tell(api: ApiDependencies, offer: DeliveryOffer, answer: Answer): Promise<Reply> {
  const { id: offerId, orderId } = offer;
  const order = await findOrder(api.database, orderId);
  // Its service looks after the answer by itself.
  if (order?.coordination === 'choreographed') return shown(offer);
  const told = await api.workflows.signal(orderId, partnerAnswerSignal, { offerId, answer });
  if (told.kind === 'not_delivered') {
    const err = describeError(told.cause);
    api.log.warn({ order_id: orderId, err }, 'an answer to an offer did not reach its order');
    return problem('temporal_unavailable');
  }
  await markOfferTold(api.database, offerId);
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
