import { z } from 'zod';
import { listStock, receiveStock, type BookedReceipt, type Receiving } from '../../db/stock.js';
import { signalServedOrders } from '../../temporal/messages.js';
import { fingerprint, bodyOf, idempotencyKey, queryOf, refuse } from '../request.js';
import { problem, type Problem } from '../problem.js';
import { content, type Handler, type Reply } from '../reply.js';
import { listReply, stockBody } from '../representation.js';
import { limit, text } from '../schemas/fields.js';

const stockListQuery = z.strictObject({ limit, starting_after: text(64).default('') });

/** `GET /v1/stock`, in the order of the SKU. */
export const getStock: Handler = async (request, { database }) => {
  const { limit, starting_after: after } = queryOf(request, stockListQuery);
  const items = await listStock(database, { limit: limit + 1, after });
  return listReply(items, limit, stockBody, ({ sku }) => sku);
};

/** The body of `POST /v1/stock/{sku}/receipts`. A receipt books what came in, never a correction. */
const receiptRequest = z.strictObject({
  quantity: z.int().min(1).max(1_000_000),
  warehouse_id: text(64).optional(),
});

/** `POST /v1/stock/{sku}/receipts`: books goods that came in, and signals the orders that get them. */
export const receiveGoods: Handler = async (request, api) => {
  const sku = text(64).safeParse(request.params['sku']).data ?? refuse('sku_not_found');
  const key = idempotencyKey(request);
  const body = bodyOf(request, receiptRequest);
  const received = await receiveStock(api.database, {
    key,
    fingerprint: fingerprint({ sku, ...body }),
    sku,
    quantity: body.quantity,
    warehouseId: body.warehouse_id,
  });
  if (received.kind === 'booked') await signalServedOrders(api.database, api.workflows);
  return replyTo(received);
};

function replyTo(received: Receiving): Reply {
  switch (received.kind) {
    case 'booked':
      return content(201, receiptBody(received.receipt));
    case 'replayed':
      return content(201, receiptBody(received.receipt), {
        headers: { 'Idempotency-Replayed': 'true' },
      });
    case 'key_reused':
      return problem('idempotency_key_reused');
    case 'unknown_sku':
      return problem('sku_not_found');
    case 'unknown_warehouse':
      return invalid('warehouse_id', 'unknown_warehouse', 'is not one of our warehouses');
    case 'too_many':
      return invalid('quantity', 'too_big', 'is more than a warehouse can count');
  }
}

const invalid = (member: string, code: string, detail: string): Problem =>
  problem('validation_failed', { errors: [{ pointer: `/${member}`, code, detail }] });

const receiptBody = ({ sku, quantity, warehouseId, served, at }: BookedReceipt) => ({
  object: 'stock_receipt' as const,
  sku,
  quantity,
  warehouse_id: warehouseId,
  served_orders: served,
  received_at: at.toISOString(),
});
