import { sql } from 'kysely';
import { allRows, type Database } from './database.js';
import { endStatuses } from './end-statuses.js';

export interface StockRecord {
  readonly sku: string;
  readonly title: string | null;
  readonly onHand: number;
  readonly held: number;
  /** By priority. */
  readonly warehouses: readonly WarehouseStock[];
}

interface WarehouseStock {
  readonly id: string;
  readonly onHand: number;
  readonly held: number;
}

/** Items in the order of their SKU, those after `after`; at most `limit` of them. */
export const listStock = (
  database: Database,
  page: { readonly limit: number; readonly after: string },
) => allRows<StockRecord>(database)`
    select item.sku, product.title, sum(item.on_hand) as "onHand", sum(item.held) as held,
      json_agg(json_build_object(
        'id', warehouse.id, 'onHand', item.on_hand, 'held', item.held
      ) order by warehouse.priority) as warehouses
    from inventory.items item
    join inventory.warehouses warehouse on warehouse.id = item.warehouse_id
    left join orders.products product using (sku)
    where item.sku in (
      select distinct sku from inventory.items where sku > ${page.after} order by sku
      limit ${page.limit}
    )
    group by item.sku, product.title order by item.sku`;

/**
 * Releases expired holds whose order has ended or never existed; an open order keeps its hold.
 * @returns the ids of the holds that were released
 */
export async function releaseExpiredHolds(
  database: Database,
  limit: number,
): Promise<readonly string[]> {
  const expired = await listExpiredHolds(database, limit);
  // One statement for each: a holder of item locks must not wait for another hold.
  for (const holdId of expired) {
    await sql`select inventory.end_hold(${holdId}, 'released', null)`.execute(database);
  }
  return expired;
}

async function listExpiredHolds(database: Database, limit: number): Promise<readonly string[]> {
  const { rows } = await sql<{ holdId: string }>`
    select hold_id as "holdId" from inventory.holds
    where state = 'held' and expires_at < clock_timestamp() and not exists (
      select from orders.orders
      where orders.status not in ${endStatuses}
        and (orders.id = holds.hold_id
          or orders.id = (select order_id from orders.shipments where id = holds.hold_id))
    )
    order by expires_at limit ${limit}
  `.execute(database);
  return rows.map(({ holdId }) => holdId);
}
