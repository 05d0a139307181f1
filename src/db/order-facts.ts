import { sql } from 'kysely';
import type { Fact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import type { Database } from './database.js';

/** Keeps everybody else from adding to an order's timeline until the transaction ends. */
export async function lockOrder(database: Database, orderId: OrderId): Promise<void> {
  await sql`select from orders.orders where id = ${orderId} for no key update`.execute(database);
}

/** Adds facts to an order's timeline, once for each key; the caller shows them in its row. */
export async function appendFacts(
  database: Database,
  orderId: OrderId,
  key: string,
  facts: readonly Fact[],
): Promise<void> {
  await sql`
    select count(*) from orders.append(${orderId}, ${key}, ${JSON.stringify(facts)},
      null, null)`.execute(database);
}
