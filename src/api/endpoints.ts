import express, { type Express, type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import type { TeamPage } from '../events/team.js';
import type { ApiDependencies } from './dependencies.js';
import { getMessage } from './messages.js';
import { problem } from './problem.js';
import { answering, content, send, type Handler } from './reply.js';
import { found, preferredWaitSeconds, queryOf, refuse } from './request.js';
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
import { placeOrder, getOrder, getOrders, getTimeline } from './routes/orders.js';
import { getEvent, getEvents, getEventSchema, streamEvents } from './routes/read-events.js';
import { getPoints } from './routes/read-points.js';
import { getReconciliations } from './routes/read-reconciliations.js';
import {
  getReturn,
  getReturnsOfOrder,
  requestReturn,
  decideReturn,
  inspectReturn,
} from './routes/returns.js';
import * as steer from './routes/steer-order.js';
import { getStock, receiveGoods } from './routes/stock.js';
import * as webhook from './routes/webhooks.js';
import { text } from './schemas/fields.js';

const bodyLimitBytes = 256 * 1_024;

const allowedOf = { get: 'GET, HEAD', post: 'POST', delete: 'DELETE' } as const;
const methods = ['get', 'post', 'delete'] as const;

/** What answers at an address, by method. */
type Endpoint = Readonly<
  Partial<Record<(typeof methods)[number], (api: ApiDependencies) => readonly RequestHandler[]>>
>;

/** Any other method is answered with the ones that there are. */
export function addEndpoint(
  app: Express,
  path: string,
  handlers: Endpoint,
  api: ApiDependencies,
): void {
  const route = app.route(path);
  const known = methods.filter((method) => handlers[method] !== undefined);
  for (const method of known) route[method](...(handlers[method]?.(api) ?? []));
  const allowed = known.map((method) => allowedOf[method]).join(', ');
  route.all(answering(() => problem('method_not_allowed', { headers: { Allow: allowed } })));
}

const requireJson: RequestHandler = (request, response, next) => {
  if (request.is('application/json') === 'application/json') next();
  else send(response, problem('unsupported_media_type'));
};

const parseJson = express.json({ limit: bodyLimitBytes, inflate: false });

/** Signatures are over the bytes as they came, so nothing may parse them before. */
const readRaw = express.raw({ type: () => true, limit: bodyLimitBytes, inflate: false });

const noBody = (handler: Handler) => (api: ApiDependencies) => [
  answering((request) => handler(request, api)),
];

/** @param extraMs time in milliseconds that this request may take beyond the usual limit */
const jsonBody =
  (handler: Handler, extraMs?: (request: Request) => number) => (api: ApiDependencies) => [
    requireJson,
    parseJson,
    answering((request) => handler(request, api), extraMs),
  ];

const rawBody = (handler: Handler) => (api: ApiDependencies) => [
  readRaw,
  answering((request) => handler(request, api)),
];

/** Every address with what answers there, except the pages of the teams. */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  '/v1/orders': {
    get: noBody(getOrders),
    post: jsonBody(placeOrder, (request) => preferredWaitSeconds(request) * 1_000),
  },
  '/v1/orders/:id': { get: noBody(getOrder) },
  '/v1/orders/:id/timeline': { get: noBody(getTimeline) },
  '/v1/orders/:id/events': { get: (api) => [streamEvents(api)] },
  '/v1/orders/:id/cancel': { post: jsonBody(cancelOrder) },
  '/v1/orders/:id/approve': { post: jsonBody(steer.approveOrder) },
  '/v1/orders/:id/reject': { post: jsonBody(steer.rejectOrder) },
  '/v1/orders/:id/verify': { post: jsonBody(steer.verifyCode) },
  '/v1/orders/:id/decide': { post: jsonBody(steer.decideShortage) },
  '/v1/orders/:id/retry-payment': { post: jsonBody(steer.retryPayment) },
  '/v1/orders/:id/change-address': { post: jsonBody(steer.changeAddress) },
  '/v1/orders/:id/messages/:message_id': { get: noBody(getMessage) },
  '/v1/attention': { get: noBody(getAttention) },
  '/v1/attention/:id/resolve': { post: jsonBody(resolveAttention) },

  '/v1/orders/:id/returns': { get: noBody(getReturnsOfOrder) },
  '/v1/returns': { post: jsonBody(requestReturn) },
  '/v1/returns/:id': { get: noBody(getReturn) },
  '/v1/returns/:id/approve': { post: jsonBody(decideReturn('approve')) },
  '/v1/returns/:id/reject': { post: jsonBody(decideReturn('reject')) },
  '/v1/returns/:id/inspection': { post: jsonBody(inspectReturn) },

  '/v1/delivery-partners/:id/offers': { get: noBody(getPartnerOffers) },
  '/v1/delivery-offers/:id/accept': { post: noBody(answerDeliveryOffer('accept')) },
  '/v1/delivery-offers/:id/decline': { post: noBody(answerDeliveryOffer('decline')) },
  '/v1/members/:id/points': { get: noBody(getPoints) },
  '/v1/stock': { get: noBody(getStock) },
  '/v1/stock/:sku/receipts': { post: jsonBody(receiveGoods) },
  '/v1/reconciliations': { get: noBody(getReconciliations) },

  '/v1/events': { get: noBody(getEvents) },
  '/v1/events/:id': { get: noBody(getEvent) },
  '/v1/event-schemas/:type/:version': { get: noBody(getEventSchema) },
  '/v1/dead-letters': { get: noBody(getDeadLetters) },
  '/v1/dead-letters/replay': { post: jsonBody(replayDeadLetters) },
  '/v1/dead-letters/:id/replay': { post: jsonBody(replayDeadLetter) },
  '/v1/dead-letters/:id/discard': { post: jsonBody(discardDeadLetter) },
  '/v1/webhook-endpoints': {
    get: noBody(webhook.getEndpoints),
    post: jsonBody(webhook.createEndpoint),
  },
  '/v1/webhook-endpoints/:id': {
    get: noBody(webhook.getEndpoint),
    post: jsonBody(webhook.changeEndpoint),
    delete: noBody(webhook.deleteEndpoint),
  },
  '/v1/webhook-endpoints/:id/rotate-secret': { post: noBody(webhook.rotateSecret) },
  '/v1/webhook-endpoints/:id/deliveries': { get: noBody(webhook.getDeliveries) },
  '/v1/webhook-deliveries/:id/resend': { post: noBody(webhook.resendDelivery) },

  '/webhooks/payments': { post: rawBody(receivePaymentEvent) },
  '/webhooks/carrier': { post: rawBody(receiveCarrierEvent) },
  '/healthz': { get: noBody(getHealth) },
  '/readyz': { get: noBody(getReadiness) },
  '/metrics': { get: (api) => [showMetrics(api)] },
};

/** The pages of the teams: each team knows what they show, we know how they are asked and answered. */
export const teamEndpoints = ({
  teams,
}: ApiDependencies): readonly (readonly [string, Endpoint])[] =>
  teams
    .flatMap(({ pages }) => pages)
    .map((page) => [page.path, { get: noBody(getTeamPage(page)) }]);

const noQuery = z.strictObject({});

const getTeamPage =
  (page: TeamPage): Handler =>
  async (request, { database }) => {
    const parameters = request.params as Readonly<Record<string, string>>;
    // What is no text of ours could not be looked up in an index.
    if (!Object.values(parameters).every((value) => text(128).safeParse(value).success)) {
      refuse('nothing_known');
    }
    const query = queryOf(request, page.query ?? noQuery);
    return content(200, found(await page.answer(database, { parameters, query }), 'nothing_known'));
  };
