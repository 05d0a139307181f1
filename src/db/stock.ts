import { sql } from 'kysely';
import type { Database } from './database.js';

export interface StockRecord {
  readonly sku: string;
  readonly title: string | null;
  readonly onHand: number;
  readonly held: number;
}

/** Items in the order of their SKU, those after `after`; at most `limit` of them. */
export async function listStock(
  database: Database,
  page: { readonly limit: number; readonly after: string },
): Promise<readonly StockRecord[]> {
  const { rows } = await sql<StockRecord>`
    select item.sku, product.title, item.on_hand as "onHand", item.held
    from inventory.items item left join orders.products product using (sku)
    where item.sku > ${page.after} order by item.sku limit ${page.limit}
  `.execute(database);
  return rows;
}

/**
 * Gives back the stock of holds that expired and whose order has ended or never was; the hold of an
 * order that lives stays.
 * @returns the ids of the orders whose hold was released
 */
export async function releaseExpiredHolds(
  database: Database,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await sql<{ orderId: string }>`
    select hold.order_id as "orderId"
    from (
      select order_id from inventory.holds
      where state = 'held' and expires_at < clock_timestamp() and not exists (
        select from orders.orders
        where orders.id = holds.order_id
          and status not in ('delivered', 'cancelled', 'rejected', 'failed')
      )
      order by expires_at limit ${limit}
    ) hold
    where inventory.settle(hold.order_id, 'released')
  `.execute(database);
  return rows.map(({ orderId }) => orderId);
}
