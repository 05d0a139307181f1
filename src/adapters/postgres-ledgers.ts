import { sql, type RawBuilder } from 'kysely';
import type {
  Ledgers,
  OpenOrder,
  OrphanedHold,
  Page,
  Period,
  StockDifference,
} from '../activities/reconciliation-ports.js';
import { allRows, allValues, firstRow, oneRow, type Database } from '../db/database.js';
import { endStatuses } from '../db/end-statuses.js';
import { coveredUntil, keepReconciliation } from '../db/reconciliations.js';
import type { OrderAccount, ShipmentAccount } from '../domain/ledgers.js';
import type { OrderId } from '../domain/ids.js';
import { overPostgres } from './postgres-errors.js';

/** Two runs overlap by this much, so that clocks that differ a little lose no order. */
const overlapMs = 10 * 60_000;
const beforeEverything = new Date(0);

/**
 * Our own ledgers, read page by page and never for longer than one statement.
 * @param settledMs how long ago an order must have been touched last to be compared
 */
export const postgresLedgers = (
  database: Database,
  { settledMs }: { readonly settledMs: number },
): Ledgers =>
  overPostgres({
    nextPeriod: () => nextPeriod(database, settledMs),
    touchedAccounts: (period, limit) => touchedAccounts(database, period, limit),
    shipmentsOf: (orderIds) => shipmentsOf(database, orderIds),
    keep: (record) => keepReconciliation(database, record),
    openOrders: (after, until, limit) => openOrders(database, after, until, limit),

    restingAccounts: async (orderIds, period) => {
      const { rows } = await accounts(sql`
        from orders.orders o
        join orders.history last on last.order_id = o.id and last.sequence = o.last_sequence
        where o.id = any(${orderIds}) and last.at <= ${period.since}::timestamptz
          and o.status <> 'compensating'`).execute(database);
      return rows.map(({ account }) => account);
    },

    knownOrders: async (orderIds) =>
      new Set(
        await allValues<OrderId>(database)`
          select id from orders.orders where id = any(${orderIds})`,
      ),

    labelsOf: async (orderIds) =>
      new Set(
        await allValues<string>(database)`
          select provider_id from orders.shipments
          where order_id = any(${orderIds}) and provider_id is not null`,
      ),

    checkStock: async () => {
      const { rows: differing } = await stockDifferences.execute(database);
      const { items } = await oneRow<{ items: number }>(database)`
        select count(*)::integer as items from inventory.items`;
      // Each item has two counts: what is on hand, and what of it is held.
      return { lookedAt: items * 2, differing };
    },

    orphanedHolds: (until, limit) =>
      allRows<OrphanedHold>(database)`
        select hold.hold_id as "holdId", o.id as "orderId" from inventory.holds hold
        left join orders.shipments replacement on replacement.id = hold.hold_id
        join orders.orders o on o.id = coalesce(replacement.order_id, hold.hold_id)
        where hold.state = 'held' and o.status_since <= ${until}::timestamptz
          and o.status in ${endStatuses}
        order by hold.hold_id limit ${limit}`,

    isOpen: async (orderId) => {
      const open = await firstRow(database)`
        select from orders.orders where id = ${orderId} and status not in ${endStatuses}`;
      return open !== undefined;
    },

    withoutOpenOrder: (ids, until) =>
      allValues<string>(database)`
        select workflow.id from unnest(${ids}::text[]) as workflow (id)
        left join orders.orders o on o.id = workflow.id
        where o.id is null or (o.status in ${endStatuses}
          and o.status_since <= ${until}::timestamptz and not o.needs_attention)`,
  });

async function openOrders(
  database: Database,
  after: string,
  until: string,
  limit: number,
): Promise<Page<OpenOrder>> {
  const items = await allRows<OpenOrder>(database)`
    select id as "orderId", to_char(started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "startedAt",
      json_build_object('amountMinor', total_minor, 'currency', currency) as total
    from orders.orders
    where status not in ${endStatuses} and coordination = 'orchestrated' and id > ${after}
      and started_at <= ${until}::timestamptz
    order by id limit ${limit}`;
  return pageOf(items, limit, items.at(-1)?.orderId);
}

async function nextPeriod(database: Database, settledMs: number): Promise<Period> {
  const covered = (await coveredUntil(database)) ?? beforeEverything;
  return {
    since: new Date(Math.max(covered.getTime() - overlapMs, 0)).toISOString(),
    until: new Date(Date.now() - settledMs).toISOString(),
  };
}

/** Postgres counts microseconds, a Date milliseconds: a cursor that was rounded would skip rows. */
interface AccountRow {
  readonly account: OrderAccount;
  readonly touchedAt: string;
}

const sumOf = (type: string) => sql`(
  select coalesce(sum((fact.data -> 'amount' ->> 'amountMinor')::bigint), 0)::bigint
  from orders.history fact where fact.order_id = o.id and fact.type = ${type})`;

const accounts = (from: RawBuilder<unknown>) => sql<AccountRow>`
  select json_build_object('orderId', o.id, 'status', o.status,
      'fulfillmentStatus', o.fulfillment_status, 'currency', o.currency,
      'capturedMinor', ${sumOf('payment.captured')}, 'refundedMinor', ${sumOf('payment.refunded')},
      'latePaymentIds', array(select fact.data ->> 'paymentId' from orders.history fact
        where fact.order_id = o.id and fact.type = 'payment.late')) as account,
    to_char(last.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "touchedAt"
  ${from}`;

/** An order is found by its last fact alone, so that it is on one page only. */
async function touchedAccounts(
  database: Database,
  { since, until }: Period,
  limit: number,
): Promise<Page<OrderAccount>> {
  const { rows } = await accounts(sql`
    from (
      select fact.order_id, fact.at from orders.history fact
      join orders.orders touched on touched.id = fact.order_id and touched.last_sequence = fact.sequence
      where fact.at > ${since}::timestamptz and fact.at <= ${until}::timestamptz
        and touched.status <> 'compensating'
      order by fact.at fetch first ${sql.lit(limit)} rows with ties
    ) last
    join orders.orders o on o.id = last.order_id
    order by last.at`).execute(database);
  return pageOf(
    rows.map(({ account }) => account),
    limit,
    rows.at(-1)?.touchedAt,
  );
}

const pageOf = <Item>(items: readonly Item[], limit: number, next?: string): Page<Item> =>
  items.length < limit || next === undefined ? { items } : { items, next };

async function shipmentsOf(
  database: Database,
  orderIds: readonly OrderId[],
): Promise<ReadonlyMap<OrderId, readonly ShipmentAccount[]>> {
  const rows = await allRows<{
    orderId: OrderId;
    shipments: readonly ShipmentAccount[];
  }>(database)`
    select order_id as "orderId", json_agg(json_build_object(
      'shipmentId', id, 'state', state, 'providerId', provider_id) order by id) as shipments
    from orders.shipments where order_id = any(${orderIds}) group by order_id`;
  return new Map(rows.map(({ orderId, shipments }) => [orderId, shipments]));
}

/** Enough to see what is wrong. */
const differencesShown = 500;

/** One statement sees one moment, so that nothing moves meanwhile. */
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
