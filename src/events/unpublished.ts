import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import type { OutboxFact } from './catalogue/to-order-event.js';

/** A fact that was not published, and why. */
export interface Refusal {
  readonly row: OutboxRow;
  readonly error: unknown;
}

/** An order whose next fact cannot be published, and what the publisher said about it. */
export interface Unpublished {
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly type: string;
  readonly error: string;
  readonly attempts: number;
  readonly since: Date;
  readonly retryAt: Date;
  /** How many facts of the order wait, this one included. */
  readonly waiting: number;
}

const retryAfterSeconds = 60;
const errorLimit = 500;

/** Postpones the orders by a minute. */
export async function holdBack(
  transaction: Transaction<unknown>,
  refused: readonly Refusal[],
): Promise<void> {
  const held = refused.map(({ row, error }) => ({
    order_id: row.orderId,
    outbox_id: row.id,
    sequence: row.sequence,
    type: row.type,
    error: textOf(error),
  }));
  await sql`
    insert into events.unpublished as held (order_id, outbox_id, sequence, type, error, retry_at)
    select order_id, outbox_id, sequence, type, error,
      clock_timestamp() + make_interval(secs => ${retryAfterSeconds})
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb)
      as fact (order_id text, outbox_id bigint, sequence integer, type text, error text)
    on conflict (order_id) do update set outbox_id = excluded.outbox_id,
      sequence = excluded.sequence, type = excluded.type, error = excluded.error,
      attempts = held.attempts + 1, retry_at = excluded.retry_at`.execute(transaction);
}

/** Forgets that these orders were held back, but for those that are refused again. */
export async function releaseHeld(
  transaction: Transaction<unknown>,
  rows: readonly OutboxRow[],
  refused: readonly Refusal[],
): Promise<void> {
  const stillHeld = new Set(refused.map(({ row }) => row.orderId));
  const free = rows.filter((row) => row.wasHeld && !stillHeld.has(row.orderId));
  if (free.length === 0) return;
  await sql`delete from events.unpublished
    where order_id = any(${free.map(({ orderId }) => orderId)})`.execute(transaction);
}

/** The orders that are held back, the longest wait first; not those whose facts somebody took away. */
export async function listUnpublished(
  database: Database,
  limit = 100,
): Promise<readonly Unpublished[]> {
  const { rows } = await sql<Unpublished>`
    select order_id as "orderId", sequence, type, error, attempts, since, retry_at as "retryAt",
      (select count(*) from orders.outbox fact where fact.order_id = held.order_id) as waiting
    from events.unpublished held
    where exists (select from orders.outbox fact where fact.order_id = held.order_id)
    order by since, order_id limit ${limit}`.execute(database);
  return rows;
}

/**
 * Has the publisher try again at once.
 * @param orderId all orders if left out
 * @returns how many orders that are
 */
export async function retryUnpublished(
  database: Kysely<unknown>,
  orderId?: OrderId,
): Promise<number> {
  const { rows } = await sql`
    with due as (
      update events.unpublished set retry_at = clock_timestamp()
      where ${orderId ?? null}::text is null or order_id = ${orderId ?? null} returning order_id
    )
    select order_id, pg_notify('orders_outbox', '') from due`.execute(database);
  return rows.length;
}

/** Without what Postgres adds: it may quote the row. */
const textOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, errorLimit);

/** A fact that was committed and not published yet. */
export interface OutboxRow extends OutboxFact {
  readonly id: number;
  /** Whether the order has been held back before. */
  readonly wasHeld: boolean;
}

/** The oldest facts of orders that are not held back. */
export async function waitingRows(
  transaction: Transaction<unknown>,
  limit: number,
): Promise<readonly OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    select fact.id, fact.order_id as "orderId", fact.sequence, fact.type, fact.data, fact.at,
      placed.trace_id as "traceId", held.order_id is not null as "wasHeld"
    from (
      select * from orders.outbox where order_id <> all (array(
        select order_id from events.unpublished where retry_at > clock_timestamp()))
      order by id limit ${limit}
    ) fact
    left join orders.orders placed on placed.id = fact.order_id
    left join events.unpublished held on held.order_id = fact.order_id
    order by fact.id`.execute(transaction);
  return rows;
}
