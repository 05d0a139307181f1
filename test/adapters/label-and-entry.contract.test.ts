import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Ports } from '../../src/activities/ports.js';
import { shippingActivities } from '../../src/activities/shipping.js';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { allValues } from '../../src/db/database.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { placed } from '../../src/domain/order-state.js';
import { anOrder } from '../activities/samples.js';
import { waitFor } from '../support/wait-for.js';
import { failureOf, useTestProviders } from './providers.js';
import { address } from './requests.js';

const providers = useTestProviders();

const createShipment = (orderId: OrderId, revision = 1) =>
  shippingActivities({
    carrier: providers.carrier,
    journal: postgresJournal(providers.database),
    orders: {
      find: () => Promise.resolve(anOrder),
      warehouse: () => Promise.resolve(address),
    } as unknown as Ports['orders'],
  }).createShipment({
    orderId,
    revision,
    before: { ...placed, status: 'confirmed' },
    shipmentId: shipmentIdOf(orderId),
    warehouseId: 'wh_hamburg',
    lines: [],
    number: 1,
  });

const rows = async (orderId: OrderId) => ({
  shipments: await allValues(providers.database)`
    select state from orders.shipments where order_id = ${orderId}`,
  facts: await allValues(providers.database)`
    select type from orders.timeline where order_id = ${orderId}`,
});

test('a label is marked as bought with its entry, once when the answer is lost', async () => {
  const orderId = await providers.newOrder();
  const first = await createShipment(orderId);
  expect(first.outcome.kind).toBe('bought');
  expect(await createShipment(orderId)).toEqual(first);
  expect(await rows(orderId)).toEqual({ shipments: ['bought'], facts: ['shipment.created'] });
  expect(await providers.labels(orderId)).toEqual(['buy']);
});

test('a label whose entry is refused is not marked, and can be voided', async () => {
  const orderId = await providers.newOrder();
  await sql`update orders.orders set revision = 1001 where id = ${orderId}`.execute(
    providers.database,
  );
  await expect(createShipment(orderId)).rejects.toMatchObject({ nonRetryable: true });
  expect(await rows(orderId)).toEqual({ shipments: ['created'], facts: [] });
  const voided = await providers.carrier.voidLabel({
    orderId,
    shipmentId: shipmentIdOf(orderId),
    idempotencyKey: 'void',
  });
  expect(voided).toEqual({ kind: 'undone' });
});

test('a label that was voided while it was bought is voided at the carrier, and has no entry', async () => {
  const orderId = await providers.newOrder();
  await providers.fault('carrier', 'buy_label', 'delay', orderId, { delay_ms: 1_500 });
  const creating = failureOf(createShipment(orderId));
  await waitFor('the purchase', async () => (await providers.labels(orderId)).length > 0);
  await sql`update orders.shipments set state = 'voided'
    where order_id = ${orderId}`.execute(providers.database);
  expect(await creating).toMatchObject({ nonRetryable: true });
  expect(await rows(orderId)).toEqual({ shipments: ['voided'], facts: [] });
  expect(await providers.labels(orderId)).toEqual(['buy', 'void']);
});
