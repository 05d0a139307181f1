import type { ApiDependencies } from './dependencies.js';
import { jsonBody, noBody, rawBody, type Endpoint } from './endpoint.js';
import { preferredWaitSeconds } from './request.js';
import { getAttention, resolveAttention } from './routes/attention.js';
import { cancelOrder } from './routes/cancel-order.js';
import {
  discardDeadLetter,
  getDeadLetters,
  replayDeadLetter,
  replayDeadLetters,
} from './routes/dead-letters.js';
import { answerDeliveryOffer, getPartnerOffers } from './routes/delivery-offers.js';
import { getHealth, getReadiness, showMetrics } from './routes/health.js';
import { receiveCarrierEvent, receivePaymentEvent } from './routes/incoming-webhooks.js';
import { placeOrder } from './routes/place-order.js';
import { getEvent, getEvents, getEventSchema, streamEvents } from './routes/read-events.js';
import { getOrder, getOrders, getTimeline } from './routes/read-orders.js';
import { getPoints } from './routes/read-points.js';
import { getReconciliations } from './routes/read-reconciliations.js';
import { getReturn, getReturnsOfOrder } from './routes/read-returns.js';
import { requestReturn } from './routes/request-return.js';
import * as steer from './routes/steer-order.js';
import { decideReturn, inspectReturn } from './routes/steer-return.js';
import { getStock, receiveGoods } from './routes/stock.js';
import { getTeamPage } from './routes/team-pages.js';
import { getDeliveries, resendDelivery } from './routes/webhook-deliveries.js';
import * as webhook from './routes/webhook-endpoints.js';

/** Every address with what answers there, except the pages of the teams. */
export const endpoints = (api: ApiDependencies): Readonly<Record<string, Endpoint>> => ({
  '/v1/orders': {
    get: noBody(getOrders(api)),
    post: jsonBody(placeOrder(api), (request) => preferredWaitSeconds(request) * 1_000),
  },
  '/v1/orders/:id': { get: noBody(getOrder(api)) },
  '/v1/orders/:id/timeline': { get: noBody(getTimeline(api)) },
  '/v1/orders/:id/events': { get: [streamEvents(api)] },
  '/v1/orders/:id/cancel': { post: jsonBody(cancelOrder(api)) },
  '/v1/orders/:id/approve': { post: jsonBody(steer.approveOrder(api)) },
  '/v1/orders/:id/reject': { post: jsonBody(steer.rejectOrder(api)) },
  '/v1/orders/:id/verify': { post: jsonBody(steer.verifyCode(api)) },
  '/v1/orders/:id/decide': { post: jsonBody(steer.decideShortage(api)) },
  '/v1/orders/:id/retry-payment': { post: jsonBody(steer.retryPayment(api)) },
  '/v1/orders/:id/change-address': { post: jsonBody(steer.changeAddress(api)) },
  '/v1/attention': { get: noBody(getAttention(api)) },
  '/v1/attention/:id/resolve': { post: jsonBody(resolveAttention(api)) },

  '/v1/orders/:id/returns': { get: noBody(getReturnsOfOrder(api)) },
  '/v1/returns': { post: jsonBody(requestReturn(api)) },
  '/v1/returns/:id': { get: noBody(getReturn(api)) },
  '/v1/returns/:id/approve': { post: jsonBody(decideReturn(api, 'approve')) },
  '/v1/returns/:id/reject': { post: jsonBody(decideReturn(api, 'reject')) },
  '/v1/returns/:id/inspection': { post: jsonBody(inspectReturn(api)) },

  '/v1/delivery-partners/:id/offers': { get: noBody(getPartnerOffers(api)) },
  '/v1/delivery-offers/:id/accept': { post: noBody(answerDeliveryOffer(api, 'accept')) },
  '/v1/delivery-offers/:id/decline': { post: noBody(answerDeliveryOffer(api, 'decline')) },
  '/v1/members/:id/points': { get: noBody(getPoints(api)) },
  '/v1/stock': { get: noBody(getStock(api)) },
  '/v1/stock/:sku/receipts': { post: jsonBody(receiveGoods(api)) },
  '/v1/reconciliations': { get: noBody(getReconciliations(api)) },

  '/v1/events': { get: noBody(getEvents(api)) },
  '/v1/events/:id': { get: noBody(getEvent(api)) },
  '/v1/event-schemas/:type/:version': { get: noBody(getEventSchema) },
  '/v1/dead-letters': { get: noBody(getDeadLetters(api)) },
  '/v1/dead-letters/replay': { post: jsonBody(replayDeadLetters(api)) },
  '/v1/dead-letters/:id/replay': { post: jsonBody(replayDeadLetter(api)) },
  '/v1/dead-letters/:id/discard': { post: jsonBody(discardDeadLetter(api)) },
  '/v1/webhook-endpoints': {
    get: noBody(webhook.getEndpoints(api)),
    post: jsonBody(webhook.createEndpoint(api)),
  },
  '/v1/webhook-endpoints/:id': {
    get: noBody(webhook.getEndpoint(api)),
    post: jsonBody(webhook.changeEndpoint(api)),
    delete: noBody(webhook.deleteEndpoint(api)),
  },
  '/v1/webhook-endpoints/:id/rotate-secret': { post: noBody(webhook.rotateSecret(api)) },
  '/v1/webhook-endpoints/:id/deliveries': { get: noBody(getDeliveries(api)) },
  '/v1/webhook-deliveries/:id/resend': { post: noBody(resendDelivery(api)) },

  '/webhooks/payments': { post: rawBody(receivePaymentEvent(api)) },
  '/webhooks/carrier': { post: rawBody(receiveCarrierEvent(api)) },
  '/healthz': { get: noBody(getHealth) },
  '/readyz': { get: noBody(getReadiness(api)) },
  '/metrics': { get: [showMetrics(api)] },
});

/** Each team knows what its pages show; the addresses are its own. */
export const teamEndpoints = (api: ApiDependencies): readonly (readonly [string, Endpoint])[] =>
  api.teams
    .flatMap(({ pages }) => pages)
    .map((page) => [page.path, { get: noBody(getTeamPage(api, page)) }]);
