import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.js';
import { money, sum } from '../../src/domain/money.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import type { OrderInput } from '../../src/workflows/messages.js';
import { decide, openItem } from '../support/attention-items.js';
import { endOf, waitForCall, waitForState, useOrderDesk } from '../support/order-desk.js';
import { report } from '../support/order-worker.js';
import {
  amountsOf,
  byParcel,
  deliver,
  firstIsPaid,
  waitForFact,
  ofParcel,
  oneByOne,
  splitOver,
  undosIn,
} from '../support/parcels.js';
import { waitFor } from '../support/wait-for.js';
import { gate, type World } from '../support/world.js';

const desk = useOrderDesk();

const soonLate = {
  ...standardServiceLevel,
  handOver: { warnMs: 50, escalateMs: 100 },
};

/** Lines and a fee that no number of parcels divides evenly, after a discount. */
const uneven: Partial<OrderInput> = {
  lines: [
    { sku: 'TEA-100', quantity: 4, amount: money(1_001, 'EUR') },
    { sku: 'MUG-200', quantity: 3, amount: money(334, 'EUR') },
  ],
  shipping: money(491, 'EUR'),
  total: money(1_826, 'EUR'),
};

const splits =
  (...warehouseIds: string[]) =>
  (world: World): void => {
    splitOver(world, ...warehouseIds);
  };

describe.concurrent('parcels side by side', () => {
  test.each([2, 3])(
    '%i of them are paid for one by one, to the cent of the total',
    async (count) => {
      const parcels = Array.from({ length: count }, (_, index) => index);
      const order = await desk.place(uneven, splits(...parcels.map((index) => `wh_${index}`)));
      await deliver(order, ...parcels);
      expect(await endOf(order)).toMatchObject({
        status: 'delivered',
        paymentStatus: 'captured',
        fulfillmentStatus: 'delivered',
      });
      const captured = amountsOf(order, 'payment.captured');
      expect(captured).toHaveLength(count);
      expect(sum(captured, 'EUR')).toEqual(uneven.total);
      const asked = order.world.asked.filter(({ name }) => name === 'capturePayment');
      expect(asked.map(({ request }) => request)).toEqual(
        parcels.map(() => expect.objectContaining({ isPart: true }) as unknown),
      );
      const authorized = order.world.asked.find(({ name }) => name === 'authorizePayment');
      expect(authorized?.request).toMatchObject({ inParts: true, amount: uneven.total });
    },
  );

  test('one that is far behind leaves the row as true as the one that overtook it', async () => {
    const held = gate<undefined>();
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
      world.always('capturePayment', byParcel(oneByOne(held.wait)));
    });
    await waitForCall(order.world, 'capturePayment', 2);
    await deliver(order, 1);
    await waitForFact(order, 'shipment.delivered');
    const row = () => order.world.rows.get(order.handle.workflowId)?.state;
    const shipped = { status: 'shipped', fulfillmentStatus: 'partially_shipped' };
    expect(row()).toMatchObject({ ...shipped, paymentStatus: 'partially_captured' });
    held.open(undefined);
    await waitFor('a row that says captured', () => {
      expect(row()).toMatchObject({ ...shipped, paymentStatus: 'captured' });
    });
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({
      status: 'delivered',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
    });
  });

  test('one that fails after another has left is given up alone, whatever the policy', async () => {
    const refused = { kind: 'refused', reason: 'no_service' };
    const policy = { ...defaultPolicy, shipmentFailure: 'undo_order' } as const;
    const order = await desk.place({ policy }, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
      world.always(
        'createShipment',
        ofParcel(1, async (request) => {
          await firstIsPaid(world)(request);
          await report(order.handle, 'handed_over', 0);
          await waitForFact(order, 'shipment.handed_over');
          return refused;
        }),
      );
    });
    await waitForFact(order, 'shipment.abandoned');
    await report(order.handle, 'delivered', 0);
    expect(await endOf(order)).toMatchObject({
      status: 'delivered',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
    });
    expect(order.world.calls).toContain('releaseParcel');
  });

  test('one that the warehouse cannot find is refunded alone once another has left', async () => {
    const order = await desk.place({ serviceLevel: soonLate }, splits('wh_1', 'wh_2'));
    await report(order.handle, 'handed_over', 0);
    const item = await openItem(order, 'not_handed_over');
    await decide(order, item, 'refund');
    await waitForFact(order, 'shipment.abandoned');
    await report(order.handle, 'delivered', 0);
    expect(await endOf(order)).toMatchObject({
      status: 'delivered',
      paymentStatus: 'partially_refunded',
      fulfillmentStatus: 'delivered',
      needsAttention: false,
    });
    expect(undosIn(order.world)).toEqual(['voidLabel 1', 'refundPayment 1']);
    expect(amountsOf(order, 'payment.refunded')).toEqual([money(890, 'EUR')]);
  });

  test('the only one that the warehouse cannot find takes its order back', async () => {
    const order = await desk.place({ serviceLevel: soonLate });
    await decide(order, await openItem(order, 'not_handed_over'), 'refund', 'warehouse');
    expect(await endOf(order)).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    expect(order.world.timelines.get(order.handle.workflowId)).toContainEqual(
      expect.objectContaining({ type: 'order.cancelled', by: 'warehouse' }),
    );
  });

  test('one that is waited for goes its way when it is found', async () => {
    const order = await desk.place({ serviceLevel: soonLate });
    await decide(order, await openItem(order, 'not_handed_over'), 'wait');
    await waitForState(order.handle, { needsAttention: false });
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered' });
  });
});
