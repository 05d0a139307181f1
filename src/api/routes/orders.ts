import { z } from 'zod';
import { findOrder, listOrders, listTimeline, orderExists } from '../../db/orders.js';
import type { OrderId } from '../../domain/ids.js';
import { orderStatuses } from '../../domain/order-state.js';
import { traceIdIn } from '../../events/catalogue/trace.js';
import { acceptOrder } from '../accept-order.js';
import type { ApiDependencies } from '../dependencies.js';
import {
  fingerprint,
  bodyOf,
  idempotencyKey,
  preferredWaitSeconds,
  found,
  orderIdIn,
  queryOf,
  refuse,
} from '../request.js';
import { problem } from '../problem.js';
import { content, type Content, type Handler, type Reply } from '../reply.js';
import {
  orderBody,
  orderPath,
  type OrderBody,
  listReply,
  timelineEntryBody,
} from '../representation.js';
import { orderRequest } from '../schemas/order-request.js';
import { tryStart } from '../try-start.js';
import { digits, flag, limit, limitUpTo, orderId, text } from '../schemas/fields.js';

/**
 * `POST /v1/orders`: stores the order, then starts its workflow; accepted even if that fails. A
 * choreographed order has none: its services react to its first event.
 */
export const placeOrder: Handler = async (request, api) => {
  const key = idempotencyKey(request);
  const body = bodyOf(request, orderRequest);
  const traceId = traceIdIn(request.get('traceparent'));
  const claim = { key, traceId, fingerprint: fingerprint(request.body) };
  const accepted = await acceptOrder(api.database, body, claim, api.settings);
  switch (accepted.kind) {
    case 'accepted':
      if (accepted.body.coordination === 'orchestrated') {
        // The workflow's first change notes that it runs; until then the relay may start it again.
        const started = api.workflows.start(accepted.input);
        await tryStart(api, 'order', { order_id: accepted.body.id }, started);
      }
      return answer(api, accepted.body, preferredWaitSeconds(request));
    case 'replayed':
      return created(202, accepted.orderId, accepted.body, { 'Idempotency-Replayed': 'true' });
    case 'key_reused':
      return problem('idempotency_key_reused');
    case 'key_busy':
      return problem('idempotency_key_in_use', { headers: { 'Retry-After': '1' } });
    case 'refused':
      return problem('validation_failed', { errors: accepted.errors });
  }
};

async function answer(api: ApiDependencies, body: OrderBody, waitSeconds: number): Promise<Reply> {
  if (waitSeconds === 0) return created(202, body.id, body);
  const isConfirmed = await api.waiters.waitFor(body.id, waitSeconds * 1_000);
  const order = await findOrder(api.database, body.id);
  const current = order === undefined ? body : orderBody(order, api.settings.temporalUi);
  return created(isConfirmed ? 201 : 202, body.id, current, {
    'Preference-Applied': `wait=${waitSeconds}`,
  });
}

const created = (
  status: 201 | 202,
  orderId: OrderId,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Content =>
  content(status, body, { orderId, headers: { Location: orderPath(orderId), ...headers } });

const orderListQuery = z.strictObject({
  limit,
  starting_after: orderId.optional(),
  status: z.enum(orderStatuses).optional(),
  customer_id: text(64).optional(),
  needs_attention: flag.optional(),
});

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

/** A timeline usually fits on one page. */
const timelineQuery = z.strictObject({
  limit: limitUpTo(1_000).default(1_000),
  starting_after: digits(9, 'must be a sequence number').default(0),
});

/** `GET /v1/orders/{id}/timeline`, the oldest first. */
export const getTimeline: Handler = async (request, { database }) => {
  const orderId = orderIdIn(request);
  const { limit, starting_after: after } = queryOf(request, timelineQuery);
  const entries = await listTimeline(database, orderId, { limit: limit + 1, after });
  if (entries.length === 0 && !(await orderExists(database, orderId))) refuse('order_not_found');
  return listReply(entries, limit, timelineEntryBody, ({ sequence }) => sequence, { orderId });
};
