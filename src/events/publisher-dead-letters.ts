import { allRows, hasRow, type Database } from '../db/database.js';
import type { DeadLetter, DeadLetterSource } from './dead-letters.js';

const consumer = 'publisher';

/**
 * Facts that cannot be published, one for each order that is held back. They can be retried, and never be
 * discarded: an order's sequence has no gap, so no consumer can do without them.
 */
export const publisherDeadLetters: DeadLetterSource = {
  prefix: 'unp',
  list: async (database, filter, { limit, after = '' }) =>
    filter.consumer !== undefined && filter.consumer !== consumer
      ? []
      : allRows<DeadLetter>(database)`
          select 'unp' || substr(order_id, 4) as id, ${consumer}::text as consumer, error, attempts,
            since as "firstFailedAt", since as "diedAt", waiting - 1 as "heldBack",
            json_build_object('id', 'evt' || substr(order_id, 4) || '_' || sequence, 'type', type,
              'orderId', order_id, 'sequence', sequence) as event
          from events.unpublished join (
            select order_id, count(*) as waiting from orders.outbox
            where order_id in (select order_id from events.unpublished) group by order_id
          ) facts using (order_id)
          where order_id > 'ord' || substr(${after}, 4)
            and order_id = coalesce(${filter.orderId ?? null}, order_id)
          order by order_id limit ${limit}`,
  replay: async (database, id) =>
    (await retry(database, orderIdOf(id))) > 0 ? { kind: 'done' } : { kind: 'unknown' },
  replayAll: async (database, filter) =>
    filter.consumer === undefined || filter.consumer === consumer ? retry(database) : 0,
  discard: async (database, id) => {
    const isThere = await hasRow(database)`
      select from orders.outbox join events.unpublished using (order_id)
      where order_id = ${orderIdOf(id)}`;
    return isThere ? { kind: 'refused', because: 'unpublished' } : { kind: 'unknown' };
  },
};

const orderIdOf = (id: string): string => `ord${id.slice(3)}`;

/** Has the publisher try an order again at once, or all of them. @returns how many orders that are */
async function retry(database: Database, orderId: string | null = null): Promise<number> {
  const orders = await allRows(database)`
    with due as (
      update events.unpublished set retry_at = clock_timestamp()
      where order_id = coalesce(${orderId}, order_id) returning order_id
    )
    select order_id, pg_notify('orders_outbox', '') from due`;
  return orders.length;
}
