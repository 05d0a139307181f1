import { sql } from 'kysely';
import type { Database } from './database.js';

/** The titles of those of the SKUs that we sell, in the order of the SKUs. */
export async function productTitles(
  database: Database,
  skus: readonly string[],
): Promise<readonly { readonly sku: string; readonly title: string }[]> {
  const { rows } = await sql<{ sku: string; title: string }>`
    select sku, title from orders.products where sku = any(${skus})
    order by array_position(${skus}::text[], sku)
  `.execute(database);
  return rows;
}
