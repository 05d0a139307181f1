import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { money } from '../../src/domain/money.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import type { OrderInput } from '../../src/workflows/messages.js';
import { decide, openItem } from '../support/attention-items.js';
import { endOf, waitForCall, useOrderDesk, type PlacedOrder } from '../support/order-desk.js';
import { report } from '../support/order-worker.js';
import {
  amountsOf,
  deliver,
  waitForFact,
  ofParcel,
  splitOver,
  undosIn,
} from '../support/parcels.js';
import { fails, type World } from '../support/world.js';

const desk = useOrderDesk();

const reship: Partial<OrderInput> = { policy: { ...defaultPolicy, lostParcel: 'reship' } };
const all = money(1_780, 'EUR');

async function isLost({ handle }: PlacedOrder, index = 0): Promise<void> {
  await report(handle, 'handed_over', index);
  await report(handle, 'lost', index);
}

const refundOf = ({ world }: PlacedOrder) =>
  world.asked.filter(({ name }) => name === 'refundPayment').map(({ request }) => request);

const isReplacement = (script: () => unknown) => (world: World) => {
  world.always('reserveInventory', ({ holdId }: { holdId: string }) =>
    holdId.startsWith('shp_') ? script() : undefined,
  );
};

describe.concurrent('a parcel that got lost', () => {
  test('is refunded alone, while the other one of its order is delivered', async () => {
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
    });
    await isLost(order, 1);
    await waitForFact(order, 'payment.refunded');
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({
      status: 'delivered',
      paymentStatus: 'partially_refunded',
      fulfillmentStatus: 'delivered',
    });
    expect(refundOf(order)).toMatchObject([{ scope: 'part', amount: money(890, 'EUR') }]);
    expect(undosIn(order.world)).toEqual(['refundPayment 1']);
    expect(order.world.calls).toContain('parcel_lost');
  });

  test.each([
    ['delivered first', [0, 1]],
    ['delivered last', [1, 0]],
  ])('leaves its order delivered when something arrived, %s', async (_title, [first, second]) => {
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
    });
    const acts = [() => deliver(order, 0), () => isLost(order, 1)];
    await acts[first ?? 0]?.();
    await waitForFact(order, first === 0 ? 'shipment.delivered' : 'payment.refunded');
    await acts[second ?? 1]?.();
    expect(await endOf(order)).toMatchObject({
      status: 'delivered',
      fulfillmentStatus: 'delivered',
    });
  });

  test('fails its order when nothing of it arrived', async () => {
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
    });
    await Promise.all([isLost(order, 0), isLost(order, 1)]);
    expect(await endOf(order)).toMatchObject({
      status: 'failed',
      paymentStatus: 'refunded',
      fulfillmentStatus: 'lost',
    });
    expect(amountsOf(order, 'payment.refunded')).toHaveLength(2);
  });

  test('is sent once more, from a hold of its own and without another charge, by policy', async () => {
    const order = await desk.place(reship);
    await isLost(order);
    await waitForFact(order, 'shipment.replaced');
    await deliver(order, 1);
    expect(await endOf(order)).toMatchObject({
      status: 'delivered',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
    });
    const holds = order.world.asked.filter(({ name }) => name === 'issueInventory');
    expect(holds).toMatchObject([
      { request: [order.handle.workflowId, 'wh_1'] },
      { request: [expect.stringMatching(/^shp_/), 'wh_1'] },
    ]);
    expect(undosIn(order.world)).toEqual([]);
    expect(order.world.calls.filter((call) => call === 'capturePayment')).toHaveLength(1);
  });

  test('that replaced a lost one is not replaced in its turn, but refunded', async () => {
    const order = await desk.place(reship);
    await isLost(order);
    await waitForFact(order, 'shipment.replaced');
    await isLost(order, 1);
    expect(await endOf(order)).toMatchObject({
      status: 'failed',
      paymentStatus: 'refunded',
      fulfillmentStatus: 'lost',
    });
    expect(undosIn(order.world)).toEqual(['refundPayment 0', 'revokePoints']);
    expect(order.world.facts(order.handle.workflowId)).not.toContain('inventory.parcel_released');
  });

  test('of several parcels is replaced under an id that no other parcel has', async () => {
    const order = await desk.place(reship, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
    });
    await deliver(order, 1);
    await isLost(order, 0);
    await waitForFact(order, 'shipment.replaced');
    await deliver(order, 2);
    expect(await endOf(order)).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
  });

  const hopeless: readonly [string, (world: World) => void, readonly string[]][] = [
    [
      'goods are sold out',
      isReplacement(() => ({ kind: 'short', lines: [] })),
      ['refundPayment 0', 'revokePoints'],
    ],
    [
      'goods lie in two places',
      isReplacement(() => ({
        kind: 'reserved',
        allotments: [
          { warehouseId: 'wh_1', lines: [{ sku: 'TEA-100', quantity: 1 }] },
          { warehouseId: 'wh_2', lines: [{ sku: 'TEA-100', quantity: 1 }] },
        ],
        dropped: [],
      })),
      ['refundPayment 0', 'revokePoints'],
    ],
    [
      'label is refused',
      (world) => {
        world.always(
          'createShipment',
          ofParcel(1, () => ({ kind: 'refused', reason: 'no_service' })),
        );
      },
      ['refundPayment 0', 'revokePoints'],
    ],
    [
      'label fails for good',
      (world) => {
        world.always('createShipment', ofParcel(1, fails(new ProviderRefused('never'))));
      },
      ['voidLabel 1', 'refundPayment 0', 'revokePoints'],
    ],
  ];

  test.each(hopeless)(
    'is refunded when its replacement’s %s, and nothing stays set aside',
    async (_title, prepare, undos) => {
      const order = await desk.place(reship, prepare);
      await isLost(order);
      expect(await endOf(order)).toMatchObject({ status: 'failed', paymentStatus: 'refunded' });
      expect(undosIn(order.world).filter((undo) => undo !== 'releaseInventory')).toEqual(undos);
      expect(amountsOf(order, 'payment.refunded')).toEqual([all]);
      const released = order.world.asked.filter(({ name }) => name === 'releaseInventory');
      expect(released).toMatchObject([{ request: [expect.stringMatching(/^shp_/)] }]);
    },
  );

  test('is refunded when the warehouse cannot find its replacement', async () => {
    const serviceLevel = { ...standardServiceLevel, handOver: { warnMs: 50, escalateMs: 100 } };
    const order = await desk.place({ ...reship, serviceLevel });
    await isLost(order);
    await waitForCall(order.world, 'createShipment', 2);
    await decide(order, await openItem(order, 'not_handed_over'), 'refund');
    expect(await endOf(order)).toMatchObject({ status: 'failed', paymentStatus: 'refunded' });
    expect(undosIn(order.world)).toEqual([
      'voidLabel 1',
      'releaseInventory',
      'refundPayment 0',
      'revokePoints',
    ]);
  });
});
