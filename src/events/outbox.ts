import { sql, type Transaction } from 'kysely';
import type { Tables } from '../db/tables.js';
import type { OutboxFact } from './catalogue/to-order-event.js';

/** A fact that was committed and not published yet. */
export interface OutboxRow extends OutboxFact {
  readonly id: number;
  /** Whether the order has been held back before. */
  readonly wasHeld: boolean;
}

/** The oldest facts of orders that are not held back. */
export async function waitingRows(
  transaction: Transaction<Tables>,
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
