import type pg from 'pg';
import { z } from 'zod';
import type { FactType } from '../src/domain/facts.js';
import { exampleOrder } from '../src/up/demo.js';
import { pick, randomOf, shuffled } from './harness/random.js';
import type { OrderRow } from './harness/watch.js';
import { buyerOf, cards, endLimitMs, type Drive, type Target } from './target.js';

/** The ways that an order of the mix goes, and how many of every twenty orders go each. */
const shares = {
  plain: 14,
  ship_available: 1,
  wait: 1,
  cancelled: 2,
  declined: 1,
  returned: 1,
} as const;
export type Path = keyof typeof shares;
export const paths = Object.keys(shares) as readonly Path[];

interface Plan {
  readonly path: Path;
  /** The cancel comes when the order's timeline has so many entries. Only `cancelled` has a use for it. */
  readonly cancelAtEntry: number;
}

const deck: readonly Path[] = paths.flatMap((path) => Array<Path>(shares[path]).fill(path));

/** Counted in entries, a moment is as early for a fast variant as for a slow one. */
const lastCancelEntry = 12;

/** Twenty orders in a row have exactly their shares; an index always has the same plan. */
export function planOf(seed: number, index: number): Plan {
  const random = randomOf(seed * 7_919 + Math.floor(index / deck.length));
  const plans = shuffled(random, deck).map((path) => ({
    path,
    cancelAtEntry: 1 + Math.floor(random() * lastCancelEntry),
  }));
  return pick(plans, index);
}

export const finalFacts: readonly FactType[] = [
  'order.delivered',
  'order.cancelled',
  'return.completed',
];

export type Ending = 'delivered' | 'returned' | 'cancelled';

/** How an order may end that went its way, and the facts that its timeline then has; the first counts. */
const proofs: Readonly<Record<Path, readonly (readonly [Ending, ...FactType[]])[]>> = {
  plain: [['delivered', 'order.delivered']],
  ship_available: [['delivered', 'order.reduced', 'order.delivered']],
  wait: [['delivered', 'inventory.backordered', 'order.delivered']],
  cancelled: [
    ['cancelled', 'order.cancelled'],
    // After the hand-over a cancel is too late.
    ['delivered', 'order.delivered'],
  ],
  declined: [['delivered', 'payment.declined', 'order.delivered']],
  returned: [['returned', 'order.delivered', 'return.completed']],
};

/** @returns undefined when the order did not go the way that it was to go */
export const endingOf = (path: Path, facts: readonly string[]): Ending | undefined =>
  proofs[path].find(([, ...types]) => types.every((type) => facts.includes(type)))?.[0];

/** The first is never in stock; the second is only received when an order waits for it. */
const scarceSku = 'BENCH-SCARCE';
const awaitedSku = 'BENCH-AWAITED';

export const stockTheMix = (pool: pg.Pool) => offerProducts(pool, [scarceSku, awaitedSku]);

/** Safe to call again. */
export async function offerProducts(pool: pg.Pool, skus: readonly string[]): Promise<void> {
  await pool.query(
    `insert into orders.products (sku, title, weight_grams, seller_id)
      select sku, sku, 100, 'sel_leaf' from unnest($1::text[]) sku on conflict do nothing`,
    [skus],
  );
  await pool.query(
    `insert into orders.prices (sku, currency, unit_price_minor)
      select sku, 'EUR', 500 from unnest($1::text[]) sku on conflict do nothing`,
    [skus],
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
      const isWaiting = (row: OrderRow) => row.isEnded || row.fulfillmentStatus !== 'none';
      await orders.waitFor(orderId, isWaiting, endLimitMs);
      const receipt = { quantity: 1, warehouse_id: 'wh_hamburg' };
      await client.command(`/v1/stock/${awaitedSku}/receipts`, receipt);
      return;
    }
    case 'cancelled': {
      const isDue = (row: OrderRow) => row.isEnded || row.entries >= plan.cancelAtEntry;
      await orders.waitFor(orderId, isDue, endLimitMs);
      await client.cancel(orderId);
      return;
    }
    case 'declined': {
      const isDue = (row: OrderRow) => row.isEnded || row.status === 'awaiting_payment';
      await orders.waitFor(orderId, isDue, endLimitMs);
      await client.command(`/v1/orders/${orderId}/retry-payment`, { payment_method: cards[0] });
    }
  }
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
  return { returnId };
}
