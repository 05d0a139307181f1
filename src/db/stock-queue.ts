import { sql } from 'kysely';
import type { OrderId } from '../domain/ids.js';
import { holdExpiryMs } from '../domain/service-level.js';
import type { Database } from './database.js';

/** When a hold made now expires. */
export const holdExpiry = (holdMs = holdExpiryMs): Date => new Date(Date.now() + holdMs);

/**
 * Sets goods aside for waiting orders, in the order of the queue: goods that were released or returned,
 * or that an earlier order no longer wants.
 * @returns the ids of the orders that were served
 */
export async function serveWaiting(database: Database): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ orderId: OrderId }>`
    select served as "orderId" from inventory.serve_waiting(${holdExpiry()}) served
  `.execute(database);
  return rows.map(({ orderId }) => orderId);
}

/** A served order that has not reserved is signalled again after this time, each time after twice it. */
const effectLimitMs = 10_000;

/** Doubled nine times, the wait is an hour and a half. */
const maxDoublings = 9;

/** Served orders that were not signalled, or were without effect, the longest waiting first. */
export async function listUnnotified(
  database: Database,
  limit: number,
): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ orderId: OrderId }>`
    select order_id as "orderId" from inventory.waiting
    where state = 'served' and (notified_at is null
      or notified_at < clock_timestamp() - ${effectLimitMs} * interval '1 millisecond'
        * power(2, least(notifications - 1, ${maxDoublings})))
    order by notified_at nulls first, place limit ${limit}
  `.execute(database);
  return rows.map(({ orderId }) => orderId);
}

export async function recordNotified(database: Database, orderId: OrderId): Promise<void> {
  await sql`update inventory.waiting set notified_at = clock_timestamp(), notifications = notifications + 1
    where order_id = ${orderId} and state = 'served'`.execute(database);
}

/**
 * Removes an order from the queue, if it is there. What was set aside for it stays set aside until its
 * hold is released.
 */
export async function leaveQueue(database: Database, orderId: OrderId): Promise<void> {
  await sql`select inventory.dequeue(${orderId})`.execute(database);
}
