import { beforeEach, describe, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { makeDue } from '../events/event-log.js';
import { parcelOf, useServices } from './use-services.js';
import { authorized, inOneParcel } from './histories.js';

/** The parcels of which the carrier sells no label any more. */
const barred = new Set<string>();
let isAnswerLost = false;
const services = useServices({
  orders: {
    find: () => Promise.resolve({ lines: [], total: { amountMinor: 1, currency: 'EUR' } }),
    warehouse: () => Promise.resolve({}),
  },
  carrier: { buyLabel, voidLabel },
});
beforeEach(() => {
  isAnswerLost = false;
});

interface OfShipment {
  readonly shipmentId: string;
}

function buyLabel({ shipmentId }: OfShipment): Promise<unknown> {
  return barred.has(shipmentId)
    ? Promise.reject(new Error('the shipment is void'))
    : Promise.resolve({ kind: 'refused', reason: 'no service to this address' });
}

function voidLabel({ shipmentId }: OfShipment): Promise<unknown> {
  barred.add(shipmentId);
  if (!isAnswerLost) return Promise.resolve({ kind: 'undone' });
  isAnswerLost = false;
  return Promise.reject(new Error('the service died'));
}

async function confirmed(): Promise<OrderId> {
  const orderId = await services.order();
  await services.log.append(orderId, inOneParcel, authorized, { type: 'order.confirmed' });
  return orderId;
}

async function ship(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await makeDue(services.log.database);
    await services.run('shipping', 2);
  }
}

describe('an order whose label is refused', () => {
  test('compensates also when shipping dies while it voids the label', async () => {
    isAnswerLost = true;
    const orderId = await confirmed();
    await ship();
    expect(isAnswerLost).toBe(false);
    expect(await services.count(orderId, 'compensation.started')).toBe(1);
    expect((await services.row(orderId)).attention).toEqual([]);
  });

  test('compensates once, however often shipping gets the event, and no label can be bought for it any more', async () => {
    const orderId = await confirmed();
    await services.log.append(orderId, { type: 'order.confirmed' });
    await ship();
    expect(await services.count(orderId, 'shipment.refused')).toBe(1);
    expect(await services.count(orderId, 'compensation.started')).toBe(1);
    expect(barred).toContain(parcelOf(orderId));
  });
});
