import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inventoryActivities } from '../../src/activities/inventory.js';
import type { Label, Ports, Reservation } from '../../src/activities/ports.js';
import { shippingActivities } from '../../src/activities/shipping.js';
import type { Step } from '../../src/activities/step.js';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { placed } from '../../src/domain/order-state.js';
import { openDesk, type Desk } from '../events/relay-harness.js';
import { anOrder } from './samples.js';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());

const stepOf = (orderId: OrderId): Step => ({
  orderId,
  revision: 1,
  before: { ...placed, status: 'processing' },
});

/** A carrier that gives one answer after the other. */
function shippingThat(...answers: readonly Label[]) {
  const left = [...answers];
  return shippingActivities({
    journal: postgresJournal(desk.database),
    orders: {
      find: () => Promise.resolve(anOrder),
      warehouse: () => Promise.resolve(anOrder.shippingAddress),
    } as unknown as Ports['orders'],
    carrier: { buyLabel: () => Promise.resolve(left.shift()) } as unknown as Ports['carrier'],
  });
}

function inventoryThat(...answers: readonly Reservation[]) {
  const left = [...answers];
  return inventoryActivities({
    journal: postgresJournal(desk.database),
    inventory: { reserve: () => Promise.resolve(left.shift()) } as unknown as Ports['inventory'],
  });
}

const refused: Label = { kind: 'refused', reason: 'no such street' };
const bought: Label = { kind: 'bought', carrier: 'Post', trackingNumber: 'T-1' };
const lines = [{ sku: 'TEA', quantity: 1 }];
const short: Reservation = { kind: 'short', lines: [{ sku: 'TEA', asked: 1, available: 0 }] };
const reserved: Reservation = {
  kind: 'reserved',
  allotments: [{ warehouseId: 'wh_1', lines }],
  dropped: [],
};

const parcel = { warehouseId: 'wh_hamburg', lines, number: 1 };

const types = async (orderId: OrderId) => (await desk.log(orderId)).map(({ type }) => type);

describe('what an order was told of a step', () => {
  test('stands, when the worker died and the carrier is of another mind the second time', async () => {
    const orderId = await desk.newOrder();
    const { createShipment } = shippingThat(refused, bought);
    const step = { ...stepOf(orderId), ...parcel, shipmentId: shipmentIdOf(orderId) };
    const first = await createShipment(step);
    const second = await createShipment(step);
    expect(first.outcome).toEqual(refused);
    expect(second).toEqual(first);
    await desk.publishAll();
    expect(await types(orderId)).toEqual(['shipment.refused']);
  });

  test('stands, when goods have come in meanwhile', async () => {
    const orderId = await desk.newOrder();
    const { reserveInventory } = inventoryThat(short, reserved);
    const step = { ...stepOf(orderId), lines, partial: false, number: 1 };
    const first = await reserveInventory(step);
    expect(first.outcome).toEqual(short);
    expect(await reserveInventory(step)).toEqual(first);
  });

  test('is no answer to what the order asks the next time', async () => {
    const orderId = await desk.newOrder();
    const { createShipment } = shippingThat(refused, bought);
    const step = { ...stepOf(orderId), ...parcel, shipmentId: shipmentIdOf(orderId) };
    await createShipment(step);
    expect((await createShipment({ ...step, number: 2 })).outcome).toEqual(bought);
  });
});
