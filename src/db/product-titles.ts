import { allRows, type Database } from './database.js';

/** The titles of those of the SKUs that we sell, in the order of the SKUs. */
export const productTitles = (database: Database, skus: readonly string[]) => allRows<{
  sku: string;
  title: string;
}>(database)`
    select sku, title from orders.products where sku = any(${skus})
    order by array_position(${skus}::text[], sku)`;
