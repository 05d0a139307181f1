import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { money } from '../../src/domain/money.js';
import { type Fakes, fails, type Script } from '../support/fakes.js';
import { inTwoParcels, ofParcel, refusesLabel } from '../support/scripts.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { hurried, useOrderWorker, withPolicy } from '../support/order-worker.js';

const orders = useOrderWorker();

const reship = withPolicy({ lostParcel: 'reship' });
const all = money(1_780, 'EUR');

async function isLost(order: PlacedOrder, index = 0): Promise<void> {
  await order.report('handed_over', index);
  await order.report('lost', index);
}

const isReplacement = (script: () => unknown) => (fakes: Fakes) => {
  fakes.always('reserveInventory', ({ holdId }: { holdId: string }) =>
    holdId.startsWith('shp_') ? script() : undefined,
  );
};

describe.concurrent('a parcel that got lost', () => {
  test('is refunded alone, while the other one of its order is delivered', async () => {
    const order = await orders.place({}, inTwoParcels);
    await isLost(order, 1);
    await order.waitForFact('payment.refunded');
    await order.deliver(0);
    await order.endsAs('delivered', 'partially_refunded', 'delivered');
    expect(order.fakes.requests('refundPayment')).toMatchObject([
      { scope: 'part', amount: money(890, 'EUR') },
    ]);
    expect(order.fakes.undos).toEqual(['refundPayment 1']);
    expect(order.fakes.calls).toContain('parcel_lost');
  });

  test('leaves its order delivered when the other one had arrived before', async () => {
    const order = await orders.place({}, inTwoParcels);
    await order.deliver(0);
    await order.waitForFact('shipment.delivered');
    await isLost(order, 1);
    await order.endsAs('delivered', undefined, 'delivered');
  });

  test('fails its order when nothing of it arrived', async () => {
    const order = await orders.place({}, inTwoParcels);
    await Promise.all([isLost(order, 0), isLost(order, 1)]);
    await order.endsAs('failed', 'refunded', 'lost');
    expect(order.amounts('payment.refunded')).toHaveLength(2);
  });

  test('is sent once more, from a hold of its own and without another charge, by policy', async () => {
    const order = await orders.place(reship);
    await isLost(order);
    await order.waitForFact('shipment.replaced');
    await order.deliver(1);
    await order.endsAs('delivered', 'captured', 'delivered');
    expect(order.fakes.requests('issueInventory')).toMatchObject([
      [order.id, 'wh_1'],
      [expect.stringMatching(/^shp_/), 'wh_1'],
    ]);
    expect(order.fakes.undos).toEqual([]);
    expect(order.fakes.requests('capturePayment')).toHaveLength(1);
  });

  test('that replaced a lost one is not replaced in its turn, but refunded', async () => {
    const order = await orders.place(reship);
    await isLost(order);
    await order.waitForFact('shipment.replaced');
    await isLost(order, 1);
    await order.endsAs('failed', 'refunded', 'lost');
    expect(order.fakes.undos).toEqual(['refundPayment 0', 'revokePoints']);
    expect(order.facts).not.toContain('inventory.parcel_released');
  });

  test('of several parcels is replaced under an id that no other parcel has', async () => {
    const order = await orders.place(reship, inTwoParcels);
    await order.deliver(1);
    await isLost(order, 0);
    await order.waitForFact('shipment.replaced');
    await order.deliver(2);
    await order.endsAs('delivered', 'captured');
  });

  const labelMeets = (script: Script) => (fakes: Fakes) => {
    fakes.always('createShipment', ofParcel(1, script));
  };
  const inTwoPlaces = ['wh_1', 'wh_2'].map((warehouseId) => ({
    warehouseId,
    lines: [{ sku: 'TEA-100', quantity: 1 }],
  }));
  const reserved = { kind: 'reserved', allotments: inTwoPlaces, dropped: [] };

  test.each<[string, (fakes: Fakes) => void, string[]]>([
    ['goods are sold out', isReplacement(() => ({ kind: 'short', lines: [] })), []],
    ['goods lie in two places', isReplacement(() => reserved), []],
    ['label is refused', labelMeets(refusesLabel), []],
    ['label fails for good', labelMeets(fails(new ProviderRefused('never'))), ['voidLabel 1']],
  ])(
    'is refunded when its replacement’s %s, and nothing stays set aside',
    async (_title, prepare, undos) => {
      const order = await orders.place(reship, prepare);
      await isLost(order);
      await order.endsAs('failed', 'refunded');
      expect(order.fakes.undos.filter((undo) => undo !== 'releaseInventory')).toEqual([
        ...undos,
        'refundPayment 0',
        'revokePoints',
      ]);
      expect(order.amounts('payment.refunded')).toEqual([all]);
      const released = [[expect.stringMatching(/^shp_/)]];
      expect(order.fakes.requests('releaseInventory')).toMatchObject(released);
    },
  );

  test('is refunded when the warehouse cannot find its replacement', async () => {
    const late = hurried({ handOver: { warnMs: 50, escalateMs: 100 } });
    const order = await orders.place({ ...reship, ...late });
    await isLost(order);
    await order.fakes.waitForCall('createShipment', 2);
    await order.decide(await order.openItem('not_handed_over'), 'refund');
    await order.endsAs('failed', 'refunded');
    expect(order.fakes.undos).toEqual([
      'voidLabel 1',
      'releaseInventory',
      'refundPayment 0',
      'revokePoints',
    ]);
  });
});
