import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OrderWorkflows } from '../../../src/api/order-workflows.js';
import { deliverWebhooks } from '../../../src/api/webhooks/deliver.js';
import { openDatabase, type Database } from '../../../src/db/database.js';
import { storeCarrierScan } from '../../../src/db/webhooks.js';
import { placed } from '../../../src/domain/order-state.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const orderId = 'ord_01kaj5zhb8fzv8pj542gvfbewm' as const;
const shipmentId = 'shp_01kaj5zhb8fzv8pj542gvfbewm' as const;
const told: string[] = [];
const workflows = {
  signalCarrierEvent: (_orderId: string, event: { milestone: string }) => {
    told.push(event.milestone);
    return Promise.resolve({ kind: 'delivered' });
  },
} as unknown as OrderWorkflows;

let own: TestDatabase;
let database: Database;
beforeAll(async () => {
  own = await testDatabase({ migrated: true });
  database = openDatabase({ url: own.url, poolSize: 2 });
  await database
    .insertInto('orders.orders')
    .values({
      id: orderId,
      customer_id: 'cus_42',
      status: 'confirmed',
      stage: 'hand_over',
      payment_status: 'captured',
      fulfillment_status: placed.fulfillmentStatus,
      status_since: new Date(),
      coordination: 'orchestrated',
      dispatch: 'local_first',
      currency: 'EUR',
      total_minor: 1780,
      metadata: '{}',
      created_at: new Date(),
    })
    .execute();
  await database
    .insertInto('orders.shipments')
    .values({ id: shipmentId, order_id: orderId, tracking_number: 'TRK1', state: 'bought' })
    .execute();
});
afterAll(async () => {
  await database.destroy();
  await own.drop();
});

const relay = () => deliverWebhooks(database, workflows, 10, 0);
const later = () =>
  database
    .updateTable('orders.webhooks')
    .set({ told_at: new Date(Date.now() - 60_000) })
    .execute();

it('tells a milestone again until the order shows it, and then no more', async () => {
  const scan = { eventId: 'evt_1', trackingNumber: 'TRK1', status: 'in_transit' };
  expect(await storeCarrierScan(database, scan, 'handed_over')).toMatchObject({
    kind: 'to_signal',
  });
  await relay();
  await relay();
  expect(told).toEqual(['handed_over']);

  await later();
  await relay();
  expect(told).toEqual(['handed_over', 'handed_over']);

  await database.updateTable('orders.orders').set({ status: 'shipped' }).execute();
  await later();
  await relay();
  expect(told).toHaveLength(2);
});
