import { sql } from 'kysely';
import type { OrderId } from '../domain/ids.js';
import type { Database } from './database.js';

/**
 * Lets an order that makes one quick try after the other know that a cancel waits for the end of its
 * workflow task (docs/decisions/0015). It is a hint: the workflow decides when it hears the cancel itself.
 */
export async function noteCancelAsked(database: Database, orderId: OrderId): Promise<void> {
  await sql`
    update orders.orders set cancel_asked_at = clock_timestamp()
    where id = ${orderId} and cancel_asked_at is null`.execute(database);
}
