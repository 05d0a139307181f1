import type { Request } from 'express';
import { receiveStock, type BookedReceipt, type Receiving } from '../../db/stock-receipts.js';
import type { OrderId } from '../../domain/ids.js';
import type { ApiDependencies } from '../dependencies.js';
import { fingerprint } from '../fingerprint.js';
import { problem, type Problem } from '../problem.js';
import { content, type Reply } from '../reply.js';
import { idempotencyKey } from '../request-headers.js';
import { describeError } from '../request-log.js';
import { parseBody } from '../schemas/parse.js';
import { receiptRequest } from '../schemas/receipt-request.js';
import { text } from '../schemas/text.js';
import { tellArrival } from '../../temporal/stock-arrivals.js';

/** `POST /v1/stock/{sku}/receipts`: books goods that came in, and wakes the orders that get them. */
export const receiveGoods =
  (api: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const sku = skuParameter.safeParse(request.params['sku']);
    if (!sku.success) return problem('sku_not_found');
    const key = idempotencyKey(request);
    if (typeof key !== 'string') return key;
    const body = parseBody(receiptRequest, request.body);
    if (body.kind === 'invalid') return body.problem;

    const { quantity, warehouse_id: warehouseId } = body.value;
    const received = await receiveStock(api.database, {
      key,
      fingerprint: fingerprint({ sku: sku.data, ...body.value }),
      sku: sku.data,
      quantity,
      warehouseId,
    });
    if (received.kind === 'booked') await wake(api, received.receipt.served);
    return replyTo(received);
  };

const skuParameter = text(64);

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

/** So many orders are told at once; those behind them hear it from the relay. */
const toldAtOnce = 20;

/** What Temporal does not take now is the relay's to repeat: the goods are set aside. */
async function wake({ database, workflows, log }: ApiDependencies, served: readonly OrderId[]) {
  const telling = served.slice(0, toldAtOnce).map(async (orderId) => {
    const answer = await tellArrival(database, workflows, orderId);
    if (answer.kind !== 'not_delivered') return;
    log.warn(
      { order_id: orderId, err: describeError(answer.cause) },
      'an order waits to be told that its goods came',
    );
  });
  await Promise.all(telling);
}

const receiptBody = ({ sku, quantity, warehouseId, served, at }: BookedReceipt) => ({
  object: 'stock_receipt' as const,
  sku,
  quantity,
  warehouse_id: warehouseId,
  served_orders: served,
  received_at: at.toISOString(),
});
