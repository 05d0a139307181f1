import { sql } from 'kysely';
import type { OrderId } from '../domain/ids.js';
import { holdExpiryMs } from '../domain/service-level.js';
import type { Database } from './database.js';

/** Until when stock is held that is set aside now. */
export const holdExpiry = (holdMs = holdExpiryMs): Date => new Date(Date.now() + holdMs);

/**
 * Sets goods aside for orders that wait for them, in their order: goods that were released, that came
 * back, or that an order before them in the queue does not want any more.
 * @returns the ids of the orders that were served
 */
export async function serveWaiting(database: Database): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ orderId: OrderId }>`
    select served as "orderId" from inventory.serve_waiting(${holdExpiry()}) served
  `.execute(database);
  return rows.map(({ orderId }) => orderId);
}

/** A served order that has not come for its goods is told again after this time, then ever later. */
const effectLimitMs = 10_000;

/** Doubled nine times, the wait is an hour and a half. */
const maxDoublings = 9;

/** Orders that were served and were not told, or were told without effect, the longest waiting first. */
export async function listUntold(database: Database, limit: number): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ orderId: OrderId }>`
    select order_id as "orderId" from inventory.waiting
    where state = 'served' and (woken_at is null
      or woken_at < clock_timestamp() - ${effectLimitMs} * interval '1 millisecond'
        * power(2, least(tellings - 1, ${maxDoublings})))
    order by woken_at nulls first, place limit ${limit}
  `.execute(database);
  return rows.map(({ orderId }) => orderId);
}

export async function markWoken(database: Database, orderId: OrderId): Promise<void> {
  await sql`update inventory.waiting set woken_at = clock_timestamp(), tellings = tellings + 1
    where order_id = ${orderId} and state = 'served'`.execute(database);
}

/**
 * Takes an order out of the queue whose workflow is no more; what was set aside for it stays so until
 * its hold is freed. Quiet when it is not in the queue.
 */
export async function forgetWaiting(database: Database, orderId: OrderId): Promise<void> {
  await sql`select inventory.dequeue(${orderId})`.execute(database);
}
