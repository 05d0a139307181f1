import { findOrder, listOrders, listTimeline, orderExists } from '../../db/orders.js';
import type { ApiDependencies } from '../dependencies.js';
import { content, type Handler } from '../reply.js';
import { listReply, orderBody, timelineEntryBody } from '../representation.js';
import { found, orderIdIn, queryOf, refuse } from '../request.js';
import { orderListQuery, timelineQuery } from '../schemas/list-query.js';

/** `GET /v1/orders`, newest first. */
export const getOrders: Handler = async (request, { database, settings }) => {
  const query = queryOf(request, orderListQuery);
  const { limit, starting_after: after, status, customer_id, needs_attention } = query;
  const filter = { status, customerId: customer_id, needsAttention: needs_attention };
  const orders = await listOrders(database, filter, { limit: limit + 1, after });
  const bodyOf = (order: (typeof orders)[number]) => orderBody(order, settings.temporalUi);
  return listReply(orders, limit, bodyOf, ({ id }) => id);
};

/** `GET /v1/orders/{id}` */
export const getOrder: Handler = async (request, { database, settings }) => {
  const orderId = orderIdIn(request);
  const order = found(await findOrder(database, orderId), 'order_not_found');
  return content(200, orderBody(order, settings.temporalUi), { orderId });
};

/** `GET /v1/orders/{id}/timeline`, the oldest first. */
export const getTimeline: Handler = async (request, { database }) => {
  const orderId = orderIdIn(request);
  const { limit, starting_after: after } = queryOf(request, timelineQuery);
  const entries = await listTimeline(database, orderId, { limit: limit + 1, after });
  if (entries.length === 0 && !(await orderExists(database, orderId))) refuse('order_not_found');
  return listReply(entries, limit, timelineEntryBody, ({ sequence }) => sequence, { orderId });
};
