import { sql } from 'kysely';
import { typeid } from 'typeid-js';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { openDatabase, type Database } from '../../src/db/database.js';
import type { Fact } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import type { OutboxRow } from '../../src/events/unpublished.js';
import { publishRound } from '../../src/events/publisher.js';
import { testDatabase } from '../support/postgres.js';

export interface Desk {
  readonly url: string;
  readonly database: Database;
  /** An order in the database that has no fact yet. */
  newOrder(): Promise<OrderId>;
  /** Appends facts as the order's workflow does. */
  tell(orderId: OrderId, ...facts: Fact[]): Promise<void>;
  /** Publishes until nothing waits. @returns how many events that were */
  publishAll(): Promise<number>;
  /** Sequence numbers in the order in which the log has them, or of one order. */
  log(orderId?: OrderId): Promise<readonly LogRow[]>;
  waiting(): Promise<number>;
  stop(): Promise<void>;
}

interface LogRow {
  readonly position: number;
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly type: string;
}

/** A database of one's own with what the relay needs. */
export async function openDesk(): Promise<Desk> {
  const store = await testDatabase({ migrated: true });
  const database = openDatabase({ url: store.url, poolSize: 10 });
  let keys = 0;
  return {
    url: store.url,
    database,
    newOrder: async () => {
      const orderId: OrderId = typeid('ord').toString();
      await insertOrder(database, orderId);
      return orderId;
    },
    tell: async (orderId, ...facts) => {
      keys += 1;
      await postgresJournal(database).append({ orderId, key: `telling ${keys}`, facts });
    },
    publishAll: () => publishAll(database),
    log: async (orderId) => {
      const { rows } = await sql<LogRow>`
        select position, order_id as "orderId", sequence, type from events.log
        where ${orderId ?? null}::text is null or order_id = ${orderId ?? null}
        order by position`.execute(database);
      return rows;
    },
    waiting: async () => {
      const { rows } = await sql<{ n: number }>`
        select count(*) as n from orders.outbox`.execute(database);
      return rows[0]!.n;
    },
    stop: async () => {
      await database.destroy();
      await store.drop();
    },
  };
}

export async function publishAll(database: Database): Promise<number> {
  let published = 0;
  for (;;) {
    const round = await publishRound(database, plainEvent);
    published += round.published;
    if (!round.isFull) return published;
  }
}

const insertOrder = (database: Database, orderId: OrderId) =>
  sql`insert into orders.orders (id, customer_id, status, stage, payment_status,
      fulfillment_status, status_since, coordination, currency, total_minor, policy,
      verification, metadata, created_at)
    values (${orderId}, 'cus_42', 'pending', 'accepted', 'none', 'none', now(), 'orchestrated',
      'EUR', 1000, '{}', '{}', '{}', now())`.execute(database);

/** Many outbox rows at once, ten for each order, beside the order service. */
export async function fillOutbox(database: Database, rows: number): Promise<void> {
  await sql`
    insert into orders.outbox (order_id, sequence, type, data, at)
    select 'ord_' || lpad((n / 10)::text, 26, '0'), n % 10 + 1, 'order.confirmed', '{}', now()
    from generate_series(0, ${rows}::integer - 1) n order by n`.execute(database);
}

/** An event of whatever the outbox has, for tests of how events move and not of what they say. */
export const plainEvent = ({ orderId, sequence, type, data, at }: OutboxRow): OrderEvent => ({
  specversion: '1.0',
  id: `evt_${orderId.slice(4)}_${sequence}`,
  source: '/v1/orders',
  type,
  subject: orderId,
  time: at.toISOString(),
  datacontenttype: 'application/json',
  dataschema: `/v1/event-schemas/${type}/1`,
  dataversion: 1,
  ordersequence: sequence,
  traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
  data,
});
