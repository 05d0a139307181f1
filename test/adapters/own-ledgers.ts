import { sql } from 'kysely';
import { typeid } from 'typeid-js';
import { openDatabase, type Database } from '../../src/db/database.js';
import type { OrderId } from '../../src/domain/ids.js';
import { testDatabase } from '../support/postgres.js';

interface CodeRow {
  readonly digest: string;
  readonly tries_left: number;
  readonly verified_at: Date | null;
}

export interface OwnLedgers {
  readonly database: Database;
  newOrder(): Promise<OrderId>;
  code(orderId: OrderId, number: number): Promise<CodeRow>;
  expireCodes(orderId: OrderId): Promise<void>;
  close(): Promise<void>;
}

/** Our own tables, for the adapters that talk to nobody else. */
export async function openOwnBooks(): Promise<OwnLedgers> {
  const store = await testDatabase({ migrated: true });
  const database = openDatabase({ url: store.url, poolSize: 8 });
  return {
    database,
    newOrder: async () => {
      const orderId: OrderId = typeid('ord').toString();
      await sql`
        insert into orders.orders (id, customer_id, status, stage, payment_status,
          fulfillment_status, status_since, coordination, currency, total_minor, created_at)
        values (${orderId}, 'cus_42', 'pending', 'reserve_inventory', 'none', 'none', now(),
          'orchestrated', 'EUR', 1780, now())
      `.execute(database);
      return orderId;
    },
    code: async (orderId, number) => {
      const { rows } = await sql<CodeRow>`
        select * from orders.codes where order_id = ${orderId} and number = ${number}
      `.execute(database);
      return rows[0]!;
    },
    expireCodes: async (orderId) => {
      await sql`
        update orders.codes set expires_at = now() - interval '1 s' where order_id = ${orderId}
      `.execute(database);
    },
    close: async () => {
      await database.destroy();
      await store.drop();
    },
  };
}
