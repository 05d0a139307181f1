import type { Request } from 'express';
import { findOrder, listOrders, listTimeline, orderExists } from '../../db/orders.js';
import { isOrderId } from '../../domain/ids.js';
import type { ApiDependencies } from '../dependencies.js';
import { problem } from '../problem.js';
import { content, type Reply } from '../reply.js';
import { listBody, orderBody, timelineEntryBody } from '../representation.js';
import { orderListQuery, timelineQuery } from '../schemas/list-query.js';
import { parseQuery } from '../schemas/parse.js';

export const orderNotFound = problem('order_not_found');

/** `GET /v1/orders`, newest first. */
export const getOrders =
  ({ database, settings }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const query = parseQuery(orderListQuery, request.query);
    if (query.kind === 'invalid') return query.problem;
    const { limit, starting_after: after, status, customer_id, needs_attention } = query.value;
    const orders = await listOrders(
      database,
      { status, customerId: customer_id, needsAttention: needs_attention },
      { limit: limit + 1, after },
    );
    return content(
      200,
      listBody(
        orders,
        limit,
        (order) => orderBody(order, settings.temporalUi),
        ({ id }) => id,
      ),
    );
  };

/** `GET /v1/orders/{id}` */
export const getOrder =
  ({ database, settings }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const orderId = request.params['id'];
    if (!isOrderIdParameter(orderId)) return orderNotFound;
    const order = await findOrder(database, orderId);
    return order === undefined
      ? orderNotFound
      : content(200, orderBody(order, settings.temporalUi), { orderId });
  };

/** `GET /v1/orders/{id}/timeline`, the oldest first. */
export const getTimeline =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const orderId = request.params['id'];
    if (!isOrderIdParameter(orderId)) return orderNotFound;
    const query = parseQuery(timelineQuery, request.query);
    if (query.kind === 'invalid') return query.problem;
    const { limit, starting_after: after } = query.value;
    const entries = await listTimeline(database, orderId, { limit: limit + 1, after });
    if (entries.length === 0 && !(await orderExists(database, orderId))) return orderNotFound;
    return content(
      200,
      listBody(entries, limit, timelineEntryBody, ({ sequence }) => sequence),
      { orderId },
    );
  };

export const isOrderIdParameter = (value: unknown) => typeof value === 'string' && isOrderId(value);
