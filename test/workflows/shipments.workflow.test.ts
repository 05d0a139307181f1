import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.js';
import { money, sum } from '../../src/domain/money.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import type { OrderInput } from '../../src/workflows/messages.js';
import { waitFor } from '../support/wait-for.js';
import { type Fakes, gate } from '../support/fakes.js';
import {
  splitOver,
  inTwoParcels,
  ofParcel,
  byParcel,
  oneByOne,
  firstIsPaid,
} from '../support/scripts.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

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
  (fakes: Fakes): void => {
    splitOver(fakes, ...warehouseIds);
  };

describe.concurrent('parcels side by side', () => {
  test.each([2, 3])(
    '%i of them are paid for one by one, to the cent of the total',
    async (count) => {
      const parcels = Array.from({ length: count }, (_, index) => index);
      const order = await orders.place(uneven, splits(...parcels.map((index) => `wh_${index}`)));
      await order.deliver(...parcels);
      expect(await order.end()).toMatchObject({
        status: 'delivered',
        paymentStatus: 'captured',
        fulfillmentStatus: 'delivered',
      });
      const captured = order.amounts('payment.captured');
      expect(captured).toHaveLength(count);
      expect(sum(captured, 'EUR')).toEqual(uneven.total);
      const asked = order.fakes.asked.filter(({ name }) => name === 'capturePayment');
      expect(asked.map(({ request }) => request)).toEqual(
        parcels.map(() => expect.objectContaining({ isPart: true }) as unknown),
      );
      const authorized = order.fakes.asked.find(({ name }) => name === 'authorizePayment');
      expect(authorized?.request).toMatchObject({ inParts: true, amount: uneven.total });
    },
  );

  test('one that is far behind leaves the row as true as the one that overtook it', async () => {
    const held = gate<undefined>();
    const order = await orders.place({}, (fakes) => {
      inTwoParcels(fakes);
      fakes.always('capturePayment', byParcel(oneByOne(held.wait)));
    });
    await order.fakes.waitForCall('capturePayment', 2);
    await order.deliver(1);
    await order.waitForFact('shipment.delivered');
    const row = () => order.fakes.rows.get(order.id)?.state;
    const shipped = { status: 'shipped', fulfillmentStatus: 'partially_shipped' };
    expect(row()).toMatchObject({ ...shipped, paymentStatus: 'partially_captured' });
    held.open(undefined);
    await waitFor('a row that says captured', () => {
      expect(row()).toMatchObject({ ...shipped, paymentStatus: 'captured' });
    });
    await order.deliver(0);
    expect(await order.end()).toMatchObject({
      status: 'delivered',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
    });
  });

  test('one that fails after another has left is given up alone, whatever the policy', async () => {
    const refused = { kind: 'refused', reason: 'no_service' };
    const policy = { ...defaultPolicy, shipmentFailure: 'undo_order' } as const;
    const order = await orders.place({ policy }, (fakes) => {
      inTwoParcels(fakes);
      fakes.always(
        'createShipment',
        ofParcel(1, async (request) => {
          await firstIsPaid(fakes)(request);
          await order.report('handed_over', 0);
          await order.waitForFact('shipment.handed_over');
          return refused;
        }),
      );
    });
    await order.waitForFact('shipment.abandoned');
    await order.report('delivered', 0);
    expect(await order.end()).toMatchObject({
      status: 'delivered',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
    });
    expect(order.fakes.calls).toContain('releaseParcel');
  });

  test('one that the warehouse cannot find is refunded alone once another has left', async () => {
    const order = await orders.place({ serviceLevel: soonLate }, splits('wh_1', 'wh_2'));
    await order.report('handed_over', 0);
    const item = await order.openItem('not_handed_over');
    await order.decide(item, 'refund');
    await order.waitForFact('shipment.abandoned');
    await order.report('delivered', 0);
    expect(await order.end()).toMatchObject({
      status: 'delivered',
      paymentStatus: 'partially_refunded',
      fulfillmentStatus: 'delivered',
      needsAttention: false,
    });
    expect(order.fakes.undos).toEqual(['voidLabel 1', 'refundPayment 1']);
    expect(order.amounts('payment.refunded')).toEqual([money(890, 'EUR')]);
  });

  test('the only one that the warehouse cannot find takes its order back', async () => {
    const order = await orders.place({ serviceLevel: soonLate });
    await order.decide(await order.openItem('not_handed_over'), 'refund', 'warehouse');
    expect(await order.end()).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    expect(order.timeline).toContainEqual(
      expect.objectContaining({ type: 'order.cancelled', by: 'warehouse' }),
    );
  });

  test('one that is waited for goes its way when it is found', async () => {
    const order = await orders.place({ serviceLevel: soonLate });
    await order.decide(await order.openItem('not_handed_over'), 'wait');
    await order.waitForState({ needsAttention: false });
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered' });
  });
});
