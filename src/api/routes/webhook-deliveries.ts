import type { Request } from 'express';
import { isWebhookDeliveryId } from '../../domain/ids.js';
import { listDeliveries, resendDelivery } from '../../events/webhooks/deliveries.js';
import { findEndpoint } from '../../events/webhooks/endpoints.js';
import type { ApiDependencies } from '../dependencies.js';
import { problem } from '../problem.js';
import { content, type Reply } from '../reply.js';
import { listBody } from '../representation.js';
import { parseQuery } from '../schemas/parse.js';
import { deliveryListQuery } from '../schemas/webhook-request.js';
import { webhookDeliveryBody } from '../webhook-body.js';
import { endpointIdOf, notFound } from './webhook-endpoints.js';

/** `GET /v1/webhook-endpoints/{id}/deliveries`, newest first, each with its latest tries. */
export const getDeliveries =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const id = endpointIdOf(request);
    if (id === undefined) return notFound;
    const query = parseQuery(deliveryListQuery, request.query);
    if (query.kind === 'invalid') return query.problem;
    if ((await findEndpoint(database, id)) === undefined) return notFound;
    const { limit, starting_after: after, state } = query.value;
    const deliveries = await listDeliveries(database, id, { limit: limit + 1, after, state });
    return content(
      200,
      listBody(deliveries, limit, webhookDeliveryBody, (delivery) => delivery.id),
    );
  };

/** `POST /v1/webhook-deliveries/{id}/resend`: once more, whatever became of it. */
export const postResend =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const id = request.params['id'];
    const isId = typeof id === 'string' && isWebhookDeliveryId(id);
    const delivery = isId ? await resendDelivery(database, id) : undefined;
    return delivery === undefined
      ? problem('webhook_delivery_not_found')
      : content(202, webhookDeliveryBody(delivery), { orderId: delivery.orderId });
  };
