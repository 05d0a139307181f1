import { describe, expect, test } from 'vitest';
import type { Label, Ports } from '../../src/activities/ports.js';
import { shippingActivities } from '../../src/activities/shipping.js';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { allValues } from '../../src/db/database.js';
import { findOrder } from '../../src/db/orders.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { placed, type OrderState } from '../../src/domain/order-state.js';
import { anOrder } from '../activities/samples.js';
import { useFixture } from '../support/use-fixture.js';
import { openOwnDatabase } from './own-database.js';

const own = useFixture(openOwnDatabase);

const refused: Label = { kind: 'refused', reason: 'no such street' };
const bought: Label = { kind: 'bought', carrier: 'Post', trackingNumber: 'T-1' };
const lines = [{ sku: 'TEA', quantity: 1 }];

/** A step of an order whose carrier refuses the first time and agrees the second time. */
async function refusedStep() {
  const orderId = await own.newOrder();
  const journal = postgresJournal(own.database);
  const labels = [refused, bought];
  const { createShipment } = shippingActivities({
    journal,
    orders: {
      find: () => Promise.resolve(anOrder),
      warehouse: () => Promise.resolve(anOrder.shippingAddress),
    } as unknown as Ports['orders'],
    carrier: { buyLabel: () => Promise.resolve(labels.shift()) } as unknown as Ports['carrier'],
  });
  const before: OrderState = { ...placed, status: 'processing' };
  const step = { orderId, revision: 1, before, lines, number: 1, warehouseId: 'wh_hamburg' };
  return { ...step, shipmentId: shipmentIdOf(orderId), createShipment };
}

describe('the recorded outcome of a step', () => {
  test('holds when the worker died and the carrier answers differently the second time', async () => {
    const { createShipment, ...step } = await refusedStep();
    const first = await createShipment(step);
    expect(first.outcome).toEqual(refused);
    expect(await createShipment(step)).toEqual(first);
    const types = await allValues(own.database)`
      select type from orders.timeline where order_id = ${step.orderId}`;
    expect(types).toEqual(['shipment.refused']);
  });

  test('does not answer the next attempt of the order', async () => {
    const { createShipment, ...step } = await refusedStep();
    await createShipment(step);
    expect((await createShipment({ ...step, number: 2 })).outcome).toEqual(bought);
  });
});

describe('the row of an order', () => {
  const shipped: OrderState = { ...placed, status: 'shipped', stage: 'delivery' };
  const cancelled: OrderState = { ...placed, status: 'cancelled', stage: 'done' };
  const write = (orderId: OrderId, revision: number, state: OrderState) =>
    postgresJournal(own.database).append({
      orderId,
      key: `state:${revision}`,
      facts: [],
      change: { revision, state },
    });
  const row = async (orderId: OrderId) => (await findOrder(own.database, orderId))!;

  test('follows what is written while the order runs', async () => {
    const orderId = await own.newOrder();
    await write(orderId, 20, { ...placed, status: 'confirmed' });
    await write(orderId, 22, shipped);
    expect((await row(orderId)).status).toBe('shipped');
  });

  test('keeps its end when a lost task writes a stale state later', async () => {
    const orderId = await own.newOrder();
    await write(orderId, 20, { ...shipped, status: 'delivered', stage: 'done' });
    const { statusSince } = await row(orderId);
    await write(orderId, 22, shipped);
    expect(await row(orderId)).toMatchObject({ status: 'delivered', stage: 'done', statusSince });
  });

  test('shows a refund that comes after the end', async () => {
    const orderId = await own.newOrder();
    await write(orderId, 20, { ...cancelled, paymentStatus: 'captured' });
    await write(orderId, 21, { ...cancelled, paymentStatus: 'refunded' });
    expect(await row(orderId)).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
  });
});
