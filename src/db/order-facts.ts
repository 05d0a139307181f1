import type { Fact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import { execute, type Database } from './database.js';

/** Keeps everybody else from adding to an order's timeline until the transaction ends. */
export const lockOrder = (database: Database, orderId: OrderId) =>
  execute(database)`select from orders.orders where id = ${orderId} for no key update`;

/** Adds facts to an order's timeline, once for each key; the caller shows them in its row. */
export const appendFacts = (
  database: Database,
  orderId: OrderId,
  key: string,
  facts: readonly Fact[],
) => execute(database)`
    select count(*) from orders.append(${orderId}, ${key}, ${JSON.stringify(facts)}, null, null)`;
