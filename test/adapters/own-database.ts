import { typeid } from 'typeid-js';
import { insertRows, openDatabase } from '../../src/db/database.js';
import type { OrderId } from '../../src/domain/ids.js';
import { placed } from '../../src/domain/order-state.js';
import { testDatabase } from '../support/postgres.js';

export const newOrderId = (): OrderId => typeid('ord').toString();

/** A migrated database that nobody else uses, and orders in it. */
export async function openOwnDatabase() {
  const store = await testDatabase({ migrated: true });
  const database = openDatabase({ url: store.url, poolSize: 10 });
  return {
    url: store.url,
    database,
    /** An order over 42.00 EUR that has no fact yet. */
    newOrder: async (): Promise<OrderId> => {
      const id = newOrderId();
      const row = {
        id,
        customer_id: 'cus_42',
        status: 'confirmed',
        stage: 'create_shipment',
        payment_status: placed.paymentStatus,
        fulfillment_status: placed.fulfillmentStatus,
        status_since: new Date(),
        coordination: 'orchestrated',
        currency: 'EUR',
        total_minor: 4_200,
        metadata: {},
        created_at: new Date(),
      };
      await insertRows(database, 'orders.orders', [row]);
      return id;
    },
    stop: async () => {
      await database.destroy();
      await store.drop();
    },
  };
}
