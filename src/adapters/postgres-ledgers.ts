import { sql, type RawBuilder } from 'kysely';
import type { Ledgers, Page, Period } from '../activities/reconciliation-ports.js';
import type { Database } from '../db/database.js';
import { coveredUntil, keepReconciliation } from '../db/reconciliations.js';
import type { OrderAccount, ShipmentAccount } from '../domain/ledgers.js';
import type { OrderId } from '../domain/ids.js';
import { ask } from './postgres-errors.js';
import { openOrderLedgers } from './postgres-open-orders.js';
import { stockLedger } from './postgres-stock-ledger.js';

/** Two runs overlap by this much, so that clocks that differ a little lose no order. */
const overlapMs = 10 * 60_000;
const beforeEverything = new Date(0);

export interface PostgresBooksOptions {
  /** How long ago an order must have been touched last to be compared, in milliseconds. */
  readonly settledMs: number;
}

/** Our own books, read page by page and never for longer than one statement. */
export const postgresLedgers = (
  database: Database,
  { settledMs }: PostgresBooksOptions,
): Ledgers => ({
  nextPeriod: () => ask(() => nextPeriod(database, settledMs)),

  touchedAccounts: (period, limit) => ask(() => touchedAccounts(database, period, limit)),

  restingAccounts: (orderIds, period) =>
    ask(async () => {
      const { rows } = await accounts(sql`
        from orders.orders o
        join orders.timeline last on last.order_id = o.id and last.sequence = o.last_sequence
        where o.id = any(${orderIds}) and last.at <= ${period.since}::timestamptz
          and o.status <> 'compensating'`).execute(database);
      return rows.map(({ account }) => account);
    }),

  knownOrders: (orderIds) =>
    ask(async () => {
      const { rows } = await sql<{ id: OrderId }>`
        select id from orders.orders where id = any(${orderIds})`.execute(database);
      return new Set(rows.map(({ id }) => id));
    }),

  shipmentsOf: (orderIds) => ask(() => shipmentsOf(database, orderIds)),

  labelsOf: (orderIds) =>
    ask(async () => {
      const { rows } = await sql<{ id: string }>`
        select provider_id as id from orders.shipments
        where order_id = any(${orderIds}) and provider_id is not null`.execute(database);
      return new Set(rows.map(({ id }) => id));
    }),

  keep: (record) => ask(() => keepReconciliation(database, record)),

  ...stockLedger(database),
  ...openOrderLedgers(database),
});

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
  from orders.timeline fact where fact.order_id = o.id and fact.type = ${type})`;

const accounts = (from: RawBuilder<unknown>) => sql<AccountRow>`
  select json_build_object('orderId', o.id, 'status', o.status,
      'fulfillmentStatus', o.fulfillment_status, 'currency', o.currency,
      'capturedMinor', ${sumOf('payment.captured')}, 'refundedMinor', ${sumOf('payment.refunded')},
      'latePaymentIds', array(select fact.data ->> 'paymentId' from orders.timeline fact
        where fact.order_id = o.id and fact.type = 'payment.late')) as account,
    to_char(last.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "touchedAt"
  ${from}`;

/** An order is found by its last fact alone, so that it stands on one page however many it has. */
async function touchedAccounts(
  database: Database,
  { since, until }: Period,
  limit: number,
): Promise<Page<OrderAccount>> {
  const { rows } = await accounts(sql`
    from (
      select fact.order_id, fact.at from orders.timeline fact
      join orders.orders touched on touched.id = fact.order_id and touched.last_sequence = fact.sequence
      where fact.at > ${since}::timestamptz and fact.at <= ${until}::timestamptz
        and touched.status <> 'compensating'
      order by fact.at fetch first ${sql.lit(limit)} rows with ties
    ) last
    join orders.orders o on o.id = last.order_id
    order by last.at`).execute(database);
  const next = rows.at(-1)?.touchedAt;
  const items = rows.map(({ account }) => account);
  return rows.length < limit || next === undefined ? { items } : { items, next };
}

async function shipmentsOf(
  database: Database,
  orderIds: readonly OrderId[],
): Promise<ReadonlyMap<OrderId, readonly ShipmentAccount[]>> {
  const { rows } = await sql<{ orderId: OrderId; shipments: readonly ShipmentAccount[] }>`
    select order_id as "orderId", json_agg(json_build_object(
      'shipmentId', id, 'state', state, 'providerId', provider_id) order by id) as shipments
    from orders.shipments where order_id = any(${orderIds}) group by order_id
  `.execute(database);
  return new Map(rows.map(({ orderId, shipments }) => [orderId, shipments]));
}
