import type pg from 'pg';
import type { ScarceGoods } from './schedule/plans.js';

/** Puts goods into the catalogue and so many of them into the warehouse. */
export async function putOnSale(pool: pg.Pool, { sku, quantity }: ScarceGoods): Promise<void> {
  await pool.query(
    `insert into orders.products (sku, title, weight_grams, seller_id)
      values ($1, $1, 100, 'sel_leaf')`,
    [sku],
  );
  await pool.query(
    `insert into orders.prices (sku, currency, unit_price_minor) values ($1, 'EUR', 500)`,
    [sku],
  );
  await pool.query(`select inventory.book('receipt', $1, 'wh_hamburg', $2, null)`, [sku, quantity]);
}
