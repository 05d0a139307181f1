import type { Transaction } from 'kysely';
import { allRows, execute } from '../db/database.js';
import type { OutboxFact } from './catalogue/to-order-event.js';

/** A fact that was not published, and why. */
export interface Refusal {
  readonly row: OutboxRow;
  readonly error: unknown;
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
  await execute(transaction)`
    insert into events.unpublished as held (order_id, outbox_id, sequence, type, error, retry_at)
    select order_id, outbox_id, sequence, type, error,
      clock_timestamp() + make_interval(secs => ${retryAfterSeconds})
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb)
      as fact (order_id text, outbox_id bigint, sequence integer, type text, error text)
    on conflict (order_id) do update set outbox_id = excluded.outbox_id,
      sequence = excluded.sequence, type = excluded.type, error = excluded.error,
      attempts = held.attempts + 1, retry_at = excluded.retry_at`;
}

/** Ends the holding back of these orders, except of those that are refused again. */
export async function releaseHeld(
  transaction: Transaction<unknown>,
  rows: readonly OutboxRow[],
  refused: readonly Refusal[],
): Promise<void> {
  const stillHeld = new Set(refused.map(({ row }) => row.orderId));
  const free = rows.filter((row) => row.wasHeld && !stillHeld.has(row.orderId));
  if (free.length === 0) return;
  await execute(transaction)`delete from events.unpublished
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

/** The oldest facts of orders that are not held back. */
export const waitingRows = (transaction: Transaction<unknown>, limit: number) =>
  allRows<OutboxRow>(transaction)`
    select fact.id, fact.order_id as "orderId", fact.sequence, fact.type, fact.data, fact.at,
      placed.trace_id as "traceId", held.order_id is not null as "wasHeld"
    from (
      select * from orders.outbox where order_id <> all (array(
        select order_id from events.unpublished where retry_at > clock_timestamp()))
      order by id limit ${limit}
    ) fact
    left join orders.orders placed on placed.id = fact.order_id
    left join events.unpublished held on held.order_id = fact.order_id
    order by fact.id`;
