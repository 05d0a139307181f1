import { sql } from 'kysely';
import { z } from 'zod';
import type { TeamPage } from '../../events/team.js';
import type { SellerOrder, SellerState } from './order.js';

const defaultLimit = 25;

/** `open` is another word for what is to be kept ready. */
const query = z.strictObject({
  state: z.enum(['open', 'keep_ready', 'picked_up', 'cancelled']).optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
    .optional(),
  starting_after: z.string().max(64).optional(),
});

/** The orders of a seller, the next pick-up first; those without a time come last. */
export const sellerOrders: TeamPage = {
  path: '/v1/sellers/:id/orders',
  query,
  answer: async (database, { parameters, query: asked }) => {
    const sellerId = parameters['id'] ?? '';
    const limit = Number(asked['limit'] ?? defaultLimit);
    const after = asked['starting_after'] ?? null;
    const { rows } = await sql<{ order_id: string; sheet: SellerOrder }>`
      select order_id, sheet from seller_portal.orders
      where sellers @> array[${sellerId}]::text[] and state = any(${statesOf(asked['state'])})
        and (${after}::text is null
          or (coalesce(pick_up_from, 'infinity'), order_id) > (
            select coalesce(pick_up_from, 'infinity'), order_id from seller_portal.orders
            where order_id = ${after}))
      order by coalesce(pick_up_from, 'infinity'), order_id limit ${limit + 1}
    `.execute(database);
    if (rows.length === 0 && !(await isKnown(database, sellerId))) return undefined;
    const page = rows.slice(0, limit);
    const hasMore = rows.length > limit;
    return {
      object: 'list',
      seller_id: sellerId,
      data: page.map(({ order_id, sheet }) => bodyOf(order_id, sheet, sellerId)),
      has_more: hasMore,
      next_cursor: hasMore ? (page.at(-1)?.order_id ?? null) : null,
    };
  },
};

const listed: readonly SellerState[] = ['keep_ready', 'picked_up', 'cancelled'];

const statesOf = (state: string | undefined): readonly string[] =>
  state === undefined ? listed : [state === 'open' ? 'keep_ready' : state];

async function isKnown(
  database: Parameters<TeamPage['answer']>[0],
  sellerId: string,
): Promise<boolean> {
  const { rows } = await sql`
    select from seller_portal.orders where sellers @> array[${sellerId}]::text[] limit 1
  `.execute(database);
  return rows.length > 0;
}

const bodyOf = (orderId: string, sheet: SellerOrder, sellerId: string) => ({
  order_id: orderId,
  state: sheet.state,
  placed_at: sheet.placed_at,
  pick_up_from: sheet.pick_up_from,
  pick_up_until: sheet.pick_up_until,
  lines: sheet.lines
    .filter((line) => line.seller_id === sellerId && line.quantity > 0)
    .map(({ line_number, sku, quantity }) => ({ line_number, sku, quantity })),
});
