import { sql } from 'kysely';
import type { Team } from '../../events/team.js';

type Recommend = NonNullable<Team['recommend']>;

/** How often a SKU was bought together with what is in the order. */
export interface Suggestion {
  readonly sku: string;
  readonly orders: number;
}

/** SKUs that are not in the order, best first. @returns undefined when the order is not known */
export async function suggestionsFor(
  database: Parameters<Recommend>[0],
  orderId: string,
  limit: number,
): Promise<readonly Suggestion[] | undefined> {
  const { rows } = await sql<{ found: readonly Suggestion[] }>`
    with bought as (
      select g.key as sku from recommendations.baskets b, jsonb_each(b.basket -> 'goods') g
      where b.order_id = ${orderId} and g.value::integer > 0
    ), partner as (
      select p.high as sku, p.orders from recommendations.pairs p join bought b on p.low = b.sku
      union all
      select p.low, p.orders from recommendations.pairs p join bought b on p.high = b.sku
    ), best as (
      select sku, sum(orders)::integer as orders from partner
      where sku not in (select sku from bought) group by sku having sum(orders) > 0
      order by 2 desc, 1 limit ${limit}
    )
    select (select coalesce(json_agg(best order by orders desc, sku), '[]') from best) as found
    from recommendations.baskets where order_id = ${orderId}
  `.execute(database);
  return rows[0]?.found;
}

export const recommend: Recommend = async (database, orderId, limit) =>
  ((await suggestionsFor(database, orderId, limit)) ?? []).map(({ sku }) => sku);
