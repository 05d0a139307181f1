import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OrderWorkflows } from '../../src/temporal/order-workflows.js';
import { signalWaitingCarrierEvents } from '../../src/temporal/incoming-webhooks.js';
import { insertRows, openDatabase, type Database } from '../../src/db/database.js';
import { storeCarrierScan } from '../../src/db/incoming-webhooks/carrier.js';
import type { CarrierMilestone } from '../../src/domain/shipment.js';
import type { Fact } from '../../src/domain/facts.js';
import { placed } from '../../src/domain/order-state.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

const orderId = 'ord_01kaj5zhb8fzv8pj542gvfbewm' as const;
const shipmentId = 'shp_01kaj5zhb8fzv8pj542gvfbewm' as const;
const told: string[] = [];
const workflows = {
  signal: (_orderId: string, _definition: unknown, event: { milestone: string }) => {
    told.push(event.milestone);
    return Promise.resolve({ kind: 'delivered' });
  },
} as unknown as OrderWorkflows;

let own: TestDatabase;
let database: Database;
beforeAll(async () => {
  own = await testDatabase({ migrated: true });
  database = openDatabase({ url: own.url, poolSize: 2 });
  await insertRows(database, 'orders.orders', [
    {
      id: orderId,
      customer_id: 'cus_42',
      status: 'confirmed',
      stage: 'hand_over',
      payment_status: 'captured',
      fulfillment_status: placed.fulfillmentStatus,
      status_since: new Date(),
      coordination: 'orchestrated',
      currency: 'EUR',
      total_minor: 1780,
      metadata: {},
      created_at: new Date(),
    },
  ]);
  await insertRows(database, 'orders.shipments', [
    { id: shipmentId, order_id: orderId, tracking_number: 'TRK1', state: 'bought' },
  ]);
});
afterAll(async () => {
  await database.destroy();
  await own.drop();
});

beforeEach(async () => {
  told.length = 0;
  await sql`delete from orders.incoming_webhooks`.execute(database);
});

const relay = () => signalWaitingCarrierEvents(database, workflows, 10, 0);
const later = (seconds: number) =>
  sql`
      update orders.incoming_webhooks
      set notified_at = ${new Date(Date.now() - seconds * 1_000)}`.execute(database);

const store = (eventId: string, status: string, milestone: CarrierMilestone) =>
  storeCarrierScan(database, { eventId, trackingNumber: 'TRK1', status }, milestone);

const write = (key: string, fact: Fact) =>
  sql`select orders.append(${orderId}, ${key}, ${JSON.stringify([fact])}, null, null)`.execute(
    database,
  );

test('a milestone is signalled again until the shipment shows it, and then no more', async () => {
  expect(await store('evt_1', 'in_transit', 'handed_over')).toMatchObject({ kind: 'to_signal' });
  await relay();
  await relay();
  expect(told).toEqual(['handed_over']);

  await later(60);
  await relay();
  expect(told).toEqual(['handed_over', 'handed_over']);

  await write('issueInventory', { type: 'shipment.handed_over', shipmentId });
  await later(600);
  await relay();
  expect(told).toHaveLength(2);
});

test('the pause before each repeated signal doubles', async () => {
  await store('evt_2', 'failure', 'exception');
  await relay();
  for (const { afterSeconds, notifications } of [
    { afterSeconds: 31, notifications: 2 },
    { afterSeconds: 31, notifications: 2 },
    { afterSeconds: 61, notifications: 3 },
    { afterSeconds: 61, notifications: 3 },
    { afterSeconds: 121, notifications: 4 },
  ]) {
    await later(afterSeconds);
    await relay();
    expect(told).toHaveLength(notifications);
  }
});

test('a milestone of an order that has ended is not signalled again', async () => {
  await store('evt_3', 'delivered', 'delivered');
  await relay();
  await sql`update orders.orders set status = 'failed'`.execute(database);
  await later(600);
  await relay();
  expect(told).toEqual(['delivered']);
});
