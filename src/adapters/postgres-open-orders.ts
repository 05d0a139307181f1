import { sql } from 'kysely';
import type { Ledgers } from '../activities/reconciliation-ports.js';
import type { Database } from '../db/database.js';
import { endStatuses } from '../db/end-statuses.js';
import type { OrderId } from '../domain/ids.js';
import { money, type Currency } from '../domain/money.js';
import { ask } from './postgres-errors.js';

type OpenOrderLedgers = Pick<Ledgers, 'openOrders' | 'isOpen' | 'withoutOpenOrder'>;

interface OpenRow {
  readonly orderId: OrderId;
  readonly startedAt: Date;
  readonly totalMinor: number;
  readonly currency: Currency;
}

/** Which orders should have a workflow, and which should not. */
export const openOrderLedgers = (database: Database): OpenOrderLedgers => ({
  openOrders: (after, until, limit) =>
    ask(async () => {
      const { rows } = await sql<OpenRow>`
        select id as "orderId", started_at as "startedAt", total_minor as "totalMinor", currency
        from orders.orders
        where status not in ${endStatuses} and coordination = 'orchestrated' and id > ${after}
          and started_at <= ${until}::timestamptz
        order by id limit ${limit}`.execute(database);
      const items = rows.map(({ totalMinor, currency, ...row }) => ({
        orderId: row.orderId,
        startedAt: row.startedAt.toISOString(),
        total: money(totalMinor, currency),
      }));
      const next = items.at(-1)?.orderId;
      return items.length < limit || next === undefined ? { items } : { items, next };
    }),

  isOpen: (orderId) =>
    ask(async () => {
      const { rows } = await sql`
        select from orders.orders where id = ${orderId} and status not in ${endStatuses}`.execute(
        database,
      );
      return rows.length > 0;
    }),

  withoutOpenOrder: (ids, until) =>
    ask(async () => {
      const { rows } = await sql<{ id: string }>`
        select workflow.id from unnest(${ids}::text[]) as workflow (id)
        left join orders.orders o on o.id = workflow.id
        where o.id is null
          or (o.status in ${endStatuses} and o.status_since <= ${until}::timestamptz and not o.needs_attention)
      `.execute(database);
      return rows.map(({ id }) => id);
    }),
});
