import { allRows, execute, type Database } from '../db/database.js';
import type { OutboxFact } from './catalogue/to-order-event.js';

/** A fact that was not published, and why. */
export interface Refusal {
  readonly row: OutboxRow;
  readonly error: unknown;
}

const retryAfterSeconds = 60;
const errorLimit = 500;

/** Postpones the orders by a minute, except where another publisher has published the fact meanwhile. */
export async function holdBack(database: Database, refused: readonly Refusal[]): Promise<void> {
  const held = refused.map(({ row, error }) => ({
    order_id: row.orderId,
    outbox_id: row.id,
    sequence: row.sequence,
    type: row.type,
    error: textOf(error),
  }));
  await execute(database)`
    insert into events.unpublished as held (order_id, outbox_id, sequence, type, error, retry_at)
    select order_id, outbox_id, sequence, type, error,
      clock_timestamp() + make_interval(secs => ${retryAfterSeconds})
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb)
      as fact (order_id text, outbox_id bigint, sequence integer, type text, error text)
    where exists (select from orders.outbox where id = outbox_id)
    on conflict (order_id) do update set outbox_id = excluded.outbox_id,
      sequence = excluded.sequence, type = excluded.type, error = excluded.error,
      attempts = held.attempts + 1, retry_at = excluded.retry_at`;
}

/** Ends the holding back of the orders of published facts, except of those that are refused again. */
export async function releaseHeld(
  database: Database,
  rows: readonly OutboxRow[],
  refused: readonly Refusal[],
): Promise<void> {
  const stillHeld = new Set(refused.map(({ row }) => row.orderId));
  const free = rows.filter((row) => row.wasHeld && !stillHeld.has(row.orderId));
  if (free.length === 0) return;
  await execute(database)`delete from events.unpublished
    where order_id = any(${free.map(({ orderId }) => orderId)})`;
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

interface WaitingRow extends OutboxRow {
  readonly head: number;
}

/** The oldest facts of orders that are not held back, and where the log's head was when they waited. */
export async function readOutbox(
  database: Database,
  limit: number,
): Promise<{ readonly head: number; readonly rows: readonly OutboxRow[] }> {
  const rows = await allRows<WaitingRow>(database)`
    select fact.id, fact.order_id as "orderId", fact.sequence, fact.type, fact.data, fact.at,
      placed.trace_id as "traceId", held.order_id is not null as "wasHeld",
      (select position from events.head) as head
    from (
      select * from orders.outbox where order_id <> all (array(
        select order_id from events.unpublished where retry_at > clock_timestamp()))
      order by id limit ${limit}
    ) fact
    left join orders.orders placed on placed.id = fact.order_id
    left join events.unpublished held on held.order_id = fact.order_id
    order by fact.id`;
  return { head: rows[0]?.head ?? 0, rows };
}
