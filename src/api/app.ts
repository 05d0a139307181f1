import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { ApiDependencies } from './dependencies.js';
import { consumerEndpoints } from './consumer-endpoints.js';
import { endpoint, jsonBody, rawBody } from './endpoint.js';
import { eventEndpoints } from './event-endpoints.js';
import { eventSchemaEndpoints } from './event-schema-endpoints.js';
import { answerFailures } from './failures.js';
import { problem } from './problem.js';
import { answering } from './reply.js';
import { preferredWaitSeconds } from './request-headers.js';
import { logRequests } from './request-log.js';
import { getAttention, resolveAttention } from './routes/attention.js';
import { cancelOrder } from './routes/cancel-order.js';
import { answerDeliveryOffer, getPartnerOffers } from './routes/delivery-offers.js';
import { getHealth, getReadiness } from './routes/health.js';
import { placeOrder } from './routes/place-order.js';
import { getOrder, getOrders, getTimeline } from './routes/read-orders.js';
import { getPoints } from './routes/read-points.js';
import { getReturn, getReturnsOfOrder } from './routes/read-returns.js';
import { getReconciliations } from './routes/read-reconciliations.js';
import { getStock } from './routes/read-stock.js';
import { receiveGoods } from './routes/receive-stock.js';
import { requestReturn } from './routes/request-return.js';
import {
  approveOrder,
  changeAddress,
  decideShortage,
  rejectOrder,
  retryPayment,
  verifyCode,
} from './routes/steer-order.js';
import { decideReturn, inspectReturn } from './routes/steer-return.js';
import { receiveCarrierEvent, receivePaymentEvent } from './routes/incoming-webhooks.js';
import { webhookEndpoints } from './webhook-endpoints.js';

/** Puts the app together; nothing runs yet. */
export function createApp(api: ApiDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(logRequests(api.log), api.metrics.measure, headers, noStore);

  endpoint(app, '/v1/orders', {
    get: [answering(getOrders(api))],
    post: [
      ...jsonBody,
      answering(placeOrder(api), (request) => preferredWaitSeconds(request) * 1_000),
    ],
  });
  endpoint(app, '/v1/orders/:id', { get: [answering(getOrder(api))] });
  endpoint(app, '/v1/orders/:id/timeline', { get: [answering(getTimeline(api))] });
  steeringEndpoints(app, api);
  returnEndpoints(app, api);
  deliveryEndpoints(app, api);
  eventEndpoints(app, api);
  consumerEndpoints(app, api);
  eventSchemaEndpoints(app);
  endpoint(app, '/v1/reconciliations', { get: [answering(getReconciliations(api))] });
  endpoint(app, '/v1/members/:id/points', { get: [answering(getPoints(api))] });
  endpoint(app, '/v1/stock', { get: [answering(getStock(api))] });
  endpoint(app, '/v1/stock/:sku/receipts', { post: [...jsonBody, answering(receiveGoods(api))] });
  webhookEndpoints(app, api);
  endpoint(app, '/webhooks/payments', { post: [rawBody, answering(receivePaymentEvent(api))] });
  endpoint(app, '/webhooks/carrier', { post: [rawBody, answering(receiveCarrierEvent(api))] });
  endpoint(app, '/healthz', { get: [answering(getHealth)] });
  endpoint(app, '/readyz', { get: [answering(getReadiness(api))] });
  endpoint(app, '/metrics', { get: [showMetrics(api)] });

  app.use(answering(() => problem('route_not_found')));
  app.use(answerFailures);
  return app;
}

function steeringEndpoints(app: Express, api: ApiDependencies): void {
  endpoint(app, '/v1/orders/:id/cancel', { post: [...jsonBody, answering(cancelOrder(api))] });
  endpoint(app, '/v1/orders/:id/approve', { post: [...jsonBody, answering(approveOrder(api))] });
  endpoint(app, '/v1/orders/:id/reject', { post: [...jsonBody, answering(rejectOrder(api))] });
  endpoint(app, '/v1/orders/:id/verify', { post: [...jsonBody, answering(verifyCode(api))] });
  endpoint(app, '/v1/orders/:id/decide', { post: [...jsonBody, answering(decideShortage(api))] });
  endpoint(app, '/v1/orders/:id/retry-payment', {
    post: [...jsonBody, answering(retryPayment(api))],
  });
  endpoint(app, '/v1/orders/:id/change-address', {
    post: [...jsonBody, answering(changeAddress(api))],
  });
  endpoint(app, '/v1/attention', { get: [answering(getAttention(api))] });
  endpoint(app, '/v1/attention/:id/resolve', {
    post: [...jsonBody, answering(resolveAttention(api))],
  });
}

function deliveryEndpoints(app: Express, api: ApiDependencies): void {
  endpoint(app, '/v1/delivery-partners/:id/offers', { get: [answering(getPartnerOffers(api))] });
  endpoint(app, '/v1/delivery-offers/:id/accept', {
    post: [answering(answerDeliveryOffer(api, 'accept'))],
  });
  endpoint(app, '/v1/delivery-offers/:id/decline', {
    post: [answering(answerDeliveryOffer(api, 'decline'))],
  });
}

function returnEndpoints(app: Express, api: ApiDependencies): void {
  endpoint(app, '/v1/orders/:id/returns', { get: [answering(getReturnsOfOrder(api))] });
  endpoint(app, '/v1/returns', { post: [...jsonBody, answering(requestReturn(api))] });
  endpoint(app, '/v1/returns/:id', { get: [answering(getReturn(api))] });
  endpoint(app, '/v1/returns/:id/approve', {
    post: [...jsonBody, answering(decideReturn(api, 'approve'))],
  });
  endpoint(app, '/v1/returns/:id/reject', {
    post: [...jsonBody, answering(decideReturn(api, 'reject'))],
  });
  endpoint(app, '/v1/returns/:id/inspection', {
    post: [...jsonBody, answering(inspectReturn(api))],
  });
}

// Strict-Transport-Security is for whoever ends the TLS connection.
const headers = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  strictTransportSecurity: false,
});

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

const showMetrics =
  ({ metrics }: ApiDependencies): RequestHandler =>
  async (_request, response) => {
    const { contentType, text } = await metrics.read();
    response.set('Content-Type', contentType).send(text);
  };
