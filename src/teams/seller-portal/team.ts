import { sql } from 'kysely';
import { project, type Projection } from '../../events/projection.js';
import type { Team } from '../../events/team.js';
import { sellerSteps, type SellerOrder } from './order.js';
import { sellerOrders } from './page.js';

const orders: Projection<SellerOrder> = {
  table: 'seller_portal.orders',
  steps: sellerSteps,
  rowOf: (sheet) => ({
    // A line of which nothing is left belongs to no seller.
    sellers: [
      ...new Set(
        sheet.lines.filter(({ quantity }) => quantity > 0).map(({ seller_id }) => seller_id),
      ),
    ],
    state: sheet.state,
    pick_up_from: sheet.pick_up_from,
    sheet,
  }),
  knownIn: ({ sheet }) => sheet as SellerOrder,
};

/** What each seller has to keep ready, by order and pick-up time. */
export const team: Team = {
  name: 'seller-portal',
  schema: 'seller_portal',
  types: Object.keys(sellerSteps),
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
    await project(transaction, orders, events);
  },
  pages: [sellerOrders],
};
