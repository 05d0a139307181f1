import { isWebhookDeliveryId } from '../../domain/ids.js';
import * as deliveries from '../../events/webhooks/deliveries.js';
import { findEndpoint } from '../../events/webhooks/endpoints.js';
import type { ApiDependencies } from '../dependencies.js';
import { content, type Handler } from '../reply.js';
import { listReply } from '../representation.js';
import { found, idIn, queryOf } from '../request.js';
import { deliveryListQuery } from '../schemas/webhook-request.js';
import { webhookDeliveryBody } from '../webhook-body.js';
import { endpointIdIn } from './webhook-endpoints.js';

/** `GET /v1/webhook-endpoints/{id}/deliveries`, newest first, each with its latest tries. */
export const getDeliveries: Handler = async (request, { database }) => {
  const id = endpointIdIn(request);
  const { limit, starting_after: after, state } = queryOf(request, deliveryListQuery);
  found(await findEndpoint(database, id), 'webhook_endpoint_not_found');
  const page = { limit: limit + 1, after, state };
  const list = await deliveries.listDeliveries(database, id, page);
  return listReply(list, limit, webhookDeliveryBody, (delivery) => delivery.id);
};

/** `POST /v1/webhook-deliveries/{id}/resend`: once more, whatever its state. */
export const resendDelivery: Handler = async (request, { database }) => {
  const id = idIn(request, isWebhookDeliveryId, 'webhook_delivery_not_found');
  const resent = await deliveries.resendDelivery(database, id);
  const delivery = found(resent, 'webhook_delivery_not_found');
  return content(202, webhookDeliveryBody(delivery), { orderId: delivery.orderId });
};
