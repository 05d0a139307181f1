import { sql } from 'kysely';
import type { Ledgers, OrphanedHold, StockDifference } from '../activities/reconciliation-ports.js';
import type { Database } from '../db/database.js';
import { endStatuses } from '../db/end-statuses.js';
import { ask } from './postgres-errors.js';

type StockBooks = Pick<Ledgers, 'checkStock' | 'orphanedHolds'>;

/** Enough to see what is wrong. */
const differencesShown = 500;

/** The counts of stock beside what they are made of. One statement sees one moment, so nothing moves. */
export const stockLedger = (database: Database): StockBooks => ({
  checkStock: () =>
    ask(async () => {
      const { rows } = await stockDifferences.execute(database);
      const { rows: counts } = await sql<{ items: number }>`
        select count(*)::integer as items from inventory.items`.execute(database);
      // Each item has two counts: what is on hand, and what of it is held.
      return { lookedAt: (counts[0]?.items ?? 0) * 2, differing: rows };
    }),

  orphanedHolds: (until, limit) =>
    ask(async () => {
      const { rows } = await sql<OrphanedHold>`
        select hold.hold_id as "holdId", o.id as "orderId" from inventory.holds hold
        left join orders.shipments replacement on replacement.id = hold.hold_id
        join orders.orders o on o.id = coalesce(replacement.order_id, hold.hold_id)
        where hold.state = 'held' and o.status_since <= ${until}::timestamptz
          and o.status in ${endStatuses}
        order by hold.hold_id limit ${limit}`.execute(database);
      return rows;
    }),
});

const stockDifferences = sql<StockDifference>`
  with ledger as (
    select sku, warehouse_id, sum(case
      when kind in ('receipt', 'restock') then quantity when kind = 'issue' then -quantity else 0
    end) as on_hand
    from inventory.movements group by sku, warehouse_id
  ), live as (
    select sku, warehouse_id, sum(quantity) as held
    from inventory.hold_lines where state = 'held' group by sku, warehouse_id
  )
  select item.warehouse_id as "warehouseId", item.sku, figure.what, figure.counted,
    figure.expected::integer as expected
  from inventory.items item
  left join ledger using (sku, warehouse_id)
  left join live using (sku, warehouse_id)
  cross join lateral (values
    ('on_hand', item.on_hand, coalesce(ledger.on_hand, 0)),
    ('held', item.held, coalesce(live.held, 0))
  ) as figure (what, counted, expected)
  where figure.counted <> figure.expected
  order by item.sku, item.warehouse_id, figure.what limit ${sql.lit(differencesShown)}`;
