import type pg from 'pg';
import { exampleOrder } from '../src/up/demo.js';
import { waitFor } from '../src/runtime/deadline.js';
import { z } from 'zod';
import { planOf, type Path, type Plan } from './mix.js';
import type { Trip } from './report.js';
import { cards, buyerOf, endLimitMs, type Drive, type Target } from './target.js';

/** Nobody ever has it; and it comes only when somebody waits for it. */
const scarceSku = 'BENCH-SCARCE';
const awaitedSku = 'BENCH-AWAITED';

export async function stockTheMix(pool: pg.Pool): Promise<void> {
  const skus = [[scarceSku, awaitedSku]];
  await pool.query(
    `insert into orders.products (sku, title, weight_grams, seller_id)
      select sku, sku, 100, 'sel_leaf' from unnest($1::text[]) sku on conflict do nothing`,
    skus,
  );
  await pool.query(
    `insert into orders.prices (sku, currency, unit_price_minor)
      select sku, 'EUR', 500 from unnest($1::text[]) sku on conflict do nothing`,
    skus,
  );
}

const requests: Readonly<Record<Path, object>> = {
  plain: {},
  ship_available: {
    lines: [...exampleOrder.lines, { sku: scarceSku, quantity: 1 }],
    shortage_policy: 'ship_available',
  },
  wait: { lines: [{ sku: awaitedSku, quantity: 1 }], shortage_policy: 'wait' },
  cancelled: {},
  declined: { payment_method: 'pm_card_chargeDeclined' },
  returned: {},
};

/** Places one order of the mix, and does with it what its plan says, until it and its return have ended. */
export const mixDrive =
  (target: Target, seed: number): Drive =>
  async (index) => {
    const plan = planOf(seed, index);
    const request = { payment_method: cards[index % cards.length], ...requests[plan.path] };
    const placed = await target.client.place(buyerOf(index), request);
    const { orderId } = placed;
    await carryOut(target, plan, orderId);
    await target.orders.waitFor(orderId, ({ isEnded }) => isEnded, endLimitMs);
    const returned = plan.path === 'returned' ? await sendBack(target, orderId) : {};
    return { ...placed, path: plan.path, ...returned };
  };

async function carryOut(target: Target, plan: Plan, orderId: string): Promise<void> {
  const { client, orders } = target;
  switch (plan.path) {
    case 'plain':
    case 'ship_available':
    case 'returned':
      return;
    case 'wait': {
      const isWaiting = ({ fulfillmentStatus }: { fulfillmentStatus: string }) =>
        fulfillmentStatus !== 'none';
      await orders.waitFor(orderId, (row) => row.isEnded || isWaiting(row), endLimitMs);
      const receipt = { quantity: 1, warehouse_id: 'wh_hamburg' };
      await client.command(`/v1/stock/${awaitedSku}/receipts`, receipt);
      return;
    }
    case 'cancelled': {
      const isDue = (entries: number) => entries >= plan.cancelAtEntry;
      await orders.waitFor(orderId, (row) => row.isEnded || isDue(row.entries), endLimitMs);
      // The cancel is not answered before the order has ended.
      await Promise.all([client.cancel(orderId), fetchParcelBack(target, orderId)]);
      return;
    }
    case 'declined': {
      const isDue = (row: { isEnded: boolean; status: string }) =>
        row.isEnded || row.status === 'awaiting_payment';
      await orders.waitFor(orderId, isDue, endLimitMs);
      await client.command(`/v1/orders/${orderId}/retry-payment`, { payment_method: cards[0] });
    }
  }
}

/** A parcel that left while its order was being cancelled holds the order open for a person. */
async function fetchParcelBack(target: Target, orderId: string): Promise<void> {
  const { system, orders, client } = target;
  const attentionId = await waitFor(
    async () => {
      const { rows } = await system.pool.query<{ id: string }>(
        `select /* bench */ id from orders.attention where order_id = $1 and resolved_at is null`,
        [orderId],
      );
      return rows[0]?.id ?? (orders.row(orderId)?.isEnded === true && '');
    },
    { what: 'the cancelled order to end', limitMs: endLimitMs },
  );
  if (attentionId === '') return;
  const resolution = { choice: 'mark_done', by: 'bench', note: 'the parcel is fetched back' };
  await client.command(`/v1/attention/${attentionId}/resolve`, resolution);
}

const created = z.object({ id: z.string() });

/** All of it comes back whole. */
async function sendBack({ client, returns }: Target, orderId: string) {
  const linesWith = (more: object) => exampleOrder.lines.map((line) => ({ ...line, ...more }));
  const request = { order_id: orderId, lines: linesWith({ reason: 'changed_mind' }) };
  const { id: returnId } = created.parse(await client.command('/v1/returns', request));
  await returns.waitFor(returnId, ({ isLabelled }) => isLabelled, endLimitMs);
  const inspection = { lines: linesWith({ verdict: 'restock' }) };
  await client.command(`/v1/returns/${returnId}/inspection`, inspection);
  await returns.waitFor(returnId, ({ isEnded }) => isEnded, endLimitMs);
  return { returnId } satisfies Pick<Trip, 'returnId'>;
}
