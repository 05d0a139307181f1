import { sql, type Transaction } from 'kysely';
import { foldByOrder, ordersOf } from '../../events/catalogue/read-event.js';
import type { Team } from '../../events/team.js';
import { follow, type SellerOrder } from './order.js';
import { sellerOrders } from './page.js';

/** What each seller has to keep ready, by order and pick-up time. */
export const team: Team = {
  name: 'seller-portal',
  schema: 'seller_portal',
  create: async (database) => {
    await sql`
      create schema if not exists seller_portal;
      create table if not exists seller_portal.orders (
        order_id text primary key,
        sellers text[] not null,
        state text not null,
        pick_up_from timestamptz,
        sheet jsonb not null
      );
      create index if not exists orders_by_seller on seller_portal.orders using gin (sellers);
    `.execute(database);
  },
  apply: async (transaction, events) => {
    const changed = foldByOrder(await read(transaction, ordersOf(events)), events, follow);
    if (changed.size > 0) await write(transaction, changed);
  },
  pages: [sellerOrders],
};

async function read(
  transaction: Transaction<unknown>,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, SellerOrder>> {
  const { rows } = await sql<{ order_id: string; sheet: SellerOrder }>`
    select order_id, sheet from seller_portal.orders where order_id = any(${orderIds})
  `.execute(transaction);
  return new Map(rows.map(({ order_id, sheet }) => [order_id, sheet]));
}

async function write(
  transaction: Transaction<unknown>,
  orders: ReadonlyMap<string, SellerOrder>,
): Promise<void> {
  const rows = [...orders].map(([order_id, sheet]) => ({
    order_id,
    // A line of which nothing is left belongs to no seller.
    sellers: [
      ...new Set(
        sheet.lines.filter(({ quantity }) => quantity > 0).map(({ seller_id }) => seller_id),
      ),
    ],
    state: sheet.state,
    pick_up_from: sheet.pick_up_from,
    sheet,
  }));
  await sql`
    insert into seller_portal.orders (order_id, sellers, state, pick_up_from, sheet)
    select order_id, sellers, state, pick_up_from, sheet
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as o (
      order_id text, sellers text[], state text, pick_up_from timestamptz, sheet jsonb)
    on conflict (order_id) do update set sellers = excluded.sellers, state = excluded.state,
      pick_up_from = excluded.pick_up_from, sheet = excluded.sheet
  `.execute(transaction);
}
