import type pg from 'pg';
import { exampleOrder } from '../src/up/demo.js';
import { endLimitMs, type Drive } from './load.js';
import { planOf, type Path, type Plan } from './mix.js';
import type { Trip } from './report.js';
import type { OrderChanges, PlacedOrder, ShopClient } from './shop-client.js';
import {
  orderEnds,
  orderLives,
  returnLives,
  type LivingOrder,
  type LivingReturn,
} from './watch.js';

/** Nobody ever has it; and it comes only when somebody waits for it. */
const scarceSku = 'BENCH-SCARCE';
const awaitedSku = 'BENCH-AWAITED';

/** Puts the goods of the shortages into the catalogue. Safe to call again. */
export async function stockTheMix(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into orders.products (sku, title, weight_grams, seller_id)
      select sku, sku, 100, 'sel_leaf' from unnest($1::text[]) sku on conflict do nothing`,
    [[scarceSku, awaitedSku]],
  );
  await pool.query(
    `insert into orders.prices (sku, currency, unit_price_minor)
      select sku, 'EUR', 500 from unnest($1::text[]) sku on conflict do nothing`,
    [[scarceSku, awaitedSku]],
  );
}

/** What the order of a path asks for. */
const requests: Readonly<Record<Path, OrderChanges>> = {
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
export function mixDrive(shop: ShopClient, pool: pg.Pool, seed: number): Drive {
  const street = new Street(shop, pool);
  return async (index) => {
    const plan = planOf(seed, index);
    const placed = await shop.placeOrder(index, requests[plan.path]);
    return { ...placed, path: plan.path, ...(await street.see(plan, placed)) };
  };
}

/** What customers and warehouse do while their orders live. */
class Street {
  readonly #ends;
  readonly #orders;
  readonly #returns;

  constructor(
    private readonly shop: ShopClient,
    pool: pg.Pool,
  ) {
    this.#ends = orderEnds(pool);
    this.#orders = orderLives(pool);
    this.#returns = returnLives(pool);
  }

  /** Sees an order to its end. @throws Error when it does not come within its limit */
  async see(plan: Plan, { orderId }: PlacedOrder): Promise<Pick<Trip, 'returnId'>> {
    await this.#meddle(plan, orderId);
    await this.#ends.until(orderId, () => true, endLimitMs);
    return plan.path === 'returned' ? { returnId: await this.#sendBack(orderId) } : {};
  }

  async #meddle({ path, cancelAtEntry }: Plan, orderId: string): Promise<void> {
    switch (path) {
      case 'plain':
      case 'ship_available':
      case 'returned':
        return;
      case 'wait':
        await this.#living(orderId, ({ fulfillmentStatus }) => fulfillmentStatus !== 'none');
        return this.shop.receiveStock(awaitedSku, 1);
      case 'cancelled':
        await this.#living(orderId, ({ entries }) => entries >= cancelAtEntry);
        // The cancel is not answered before the order has ended.
        await Promise.all([this.shop.cancel(orderId), this.#fetchParcelBack(orderId)]);
        return;
      case 'declined':
        await this.#living(orderId, ({ status }) => status === 'awaiting_payment');
        return this.shop.payOtherwise(orderId);
    }
  }

  /** A parcel that left while its order was being cancelled holds the order open for a person. */
  async #fetchParcelBack(orderId: string): Promise<void> {
    const { attentionId } = await this.#living(orderId, (order) => order.attentionId !== null);
    if (attentionId !== null) await this.shop.markDone(attentionId);
  }

  async #sendBack(orderId: string): Promise<string> {
    const returnId = await this.shop.askForReturn(orderId);
    await this.#return(returnId, ({ isLabelled }) => isLabelled);
    await this.shop.inspectReturn(returnId);
    await this.#return(returnId, ({ status }) => status === 'completed');
    return returnId;
  }

  /** An order that has ended gets no further. */
  #living(orderId: string, isReached: (order: LivingOrder) => boolean): Promise<LivingOrder> {
    return this.#orders.until(orderId, (order) => order.isEnded || isReached(order), endLimitMs);
  }

  #return(returnId: string, isReached: (goods: LivingReturn) => boolean): Promise<LivingReturn> {
    return this.#returns.until(returnId, isReached, endLimitMs);
  }
}
