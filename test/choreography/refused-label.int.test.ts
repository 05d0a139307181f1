import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { makeDue } from '../events/log-desk.js';
import { parcelOf, ServiceDesk } from './service-desk.js';
import { authorized, inOneParcel } from './histories.js';

let desk: ServiceDesk;
/** The parcels of which the carrier sells no label any more. */
const barred = new Set<string>();
let isAnswerLost: boolean;
beforeAll(async () => {
  desk = await ServiceDesk.open();
  desk.providers = {
    orders: {
      find: () => Promise.resolve({ lines: [], total: { amountMinor: 1, currency: 'EUR' } }),
      warehouse: () => Promise.resolve({}),
    } as never,
    carrier: { buyLabel, voidLabel } as never,
  };
});
beforeEach(() => {
  isAnswerLost = false;
});
afterAll(() => desk.close());

interface OfShipment {
  readonly shipmentId: string;
}

function buyLabel({ shipmentId }: OfShipment): Promise<unknown> {
  return barred.has(shipmentId)
    ? Promise.reject(new Error('the shipment was taken back'))
    : Promise.resolve({ kind: 'refused', reason: 'no service to this address' });
}

function voidLabel({ shipmentId }: OfShipment): Promise<unknown> {
  barred.add(shipmentId);
  if (!isAnswerLost) return Promise.resolve({ kind: 'undone' });
  isAnswerLost = false;
  return Promise.reject(new Error('the service died'));
}

async function confirmed(): Promise<OrderId> {
  const orderId = await desk.order();
  await desk.desk.tell(orderId, inOneParcel, authorized, { type: 'order.confirmed' });
  return orderId;
}

async function ship(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await makeDue(desk.desk.database);
    await desk.run('shipping', 2);
  }
}

const count = async (orderId: OrderId, type: string): Promise<number> =>
  (await desk.types(orderId)).filter((one) => one === type).length;

describe('an order whose label is refused', () => {
  test('goes back, and its parcel is barred', async () => {
    const orderId = await confirmed();
    await ship();
    expect(await desk.types(orderId)).toEqual(
      expect.arrayContaining(['shipment.refused', 'compensation.started']),
    );
    expect(barred).toContain(parcelOf(orderId));
  });

  test('goes back also when shipping dies while it bars the parcel', async () => {
    isAnswerLost = true;
    const orderId = await confirmed();
    await ship();
    expect(isAnswerLost).toBe(false);
    expect(await count(orderId, 'compensation.started')).toBe(1);
    expect((await desk.row(orderId)).attention).toEqual([]);
  });

  test('is refused once, however often shipping hears of it', async () => {
    const orderId = await confirmed();
    await desk.desk.tell(orderId, { type: 'order.confirmed' });
    await ship();
    expect(await count(orderId, 'shipment.refused')).toBe(1);
    expect(await count(orderId, 'compensation.started')).toBe(1);
  });
});
