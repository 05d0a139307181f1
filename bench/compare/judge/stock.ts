import type pg from 'pg';

/** A place where the books of the stock do not agree with each other. */
export interface StockDifference {
  readonly sku: string;
  readonly warehouseId: string;
}

/**
 * What is held must be what live holds hold, and what is on hand what came in less what went out; so no
 * more is ever sold than there was.
 */
export async function stockDifferences(pool: pg.Pool): Promise<readonly StockDifference[]> {
  const { rows } = await pool.query<StockDifference>(`
    select i.sku, i.warehouse_id as "warehouseId" from inventory.items i
    where i.held <> (
        select coalesce(sum(h.quantity), 0) from inventory.hold_lines h
        where h.sku = i.sku and h.warehouse_id = i.warehouse_id and h.state = 'held')
      or i.on_hand < 0
      or i.on_hand <> (
        select coalesce(sum(case when m.kind in ('receipt', 'restock') then m.quantity
          when m.kind = 'issue' then -m.quantity else 0 end), 0)
        from inventory.movements m where m.sku = i.sku and m.warehouse_id = i.warehouse_id)`);
  return rows;
}
