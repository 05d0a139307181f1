import type pg from 'pg';
import { waitsOfOrder } from '../waits.js';
import type { HoldLine } from './evidence.js';
import type { TimedFact } from './times.js';

/** What the service's own books and its order's row say. */
export interface InsideBook {
  readonly orderId: string;
  readonly told: string;
  readonly sellers: number;
  readonly holds: readonly HoldLine[];
  readonly awards: number;
  readonly points: number;
  readonly waits: readonly string[];
  readonly unpublished: number;
  readonly facts: readonly TimedFact[];
}

export async function readInside(
  pool: pg.Pool,
  orderIds: readonly string[],
): Promise<readonly InsideBook[]> {
  const { rows } = await pool.query<InsideBook>(inside, [orderIds]);
  return rows;
}

const inside = `
  select o.id as "orderId", o.status as told,
    (select count(distinct seller_id)::integer from orders.lines l where l.order_id = o.id)
      as sellers,
    (select coalesce(json_agg(json_build_object('warehouseId', warehouse_id, 'state', state)), '[]')
      from inventory.hold_lines h where h.hold_id = o.id) as holds,
    (select count(*)::integer from loyalty.ledger p where p.order_id = o.id and kind = 'award')
      as awards,
    (select coalesce(sum(points), 0)::integer from loyalty.ledger p where p.order_id = o.id)
      as points,
    ${waitsOfOrder} as waits,
    (select count(*)::integer from orders.timeline t where t.order_id = o.id and not exists (
      select from events.history e where e.order_id = o.id and e.sequence = t.sequence))
      as unpublished,
    (select json_agg(json_build_object('type', type,
        'atMs', (extract(epoch from at) * 1000)::float8) order by sequence)
      from orders.timeline t where t.order_id = o.id) as facts
  from orders.orders o where o.id = any($1)`;
