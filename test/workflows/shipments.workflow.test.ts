import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { money, sum } from '../../src/domain/money.js';
import { changeAddressUpdate, refusedType, type OrderInput } from '../../src/workflows/messages.js';
import { waitFor } from '../support/wait-for.js';
import { fails, gate } from '../support/fakes.js';
import {
  holdUp,
  splitOver,
  inTwoParcels,
  ofParcel,
  byParcel,
  oneByOne,
  firstIsPaid,
  refusesLabel,
} from '../support/scripts.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { hurried, useOrderWorker, withPolicy } from '../support/order-worker.js';

const orders = useOrderWorker();

const soonLate = hurried({ handOver: { warnMs: 50, escalateMs: 100 } });

/** Lines and a fee that no number of parcels divides evenly, after a discount. */
const uneven: Partial<OrderInput> = {
  lines: [
    { sku: 'TEA-100', quantity: 4, amount: money(1_001, 'EUR') },
    { sku: 'MUG-200', quantity: 3, amount: money(334, 'EUR') },
  ],
  shipping: money(491, 'EUR'),
  total: money(1_826, 'EUR'),
};

describe.concurrent('parcels side by side', () => {
  test.each([2, 3])(
    '%i of them are paid for one by one, to the cent of the total',
    async (count) => {
      const parcels = Array.from({ length: count }, (_, index) => index);
      const order = await orders.place(uneven, (fakes) => {
        splitOver(fakes, ...parcels.map((index) => `wh_${index}`));
      });
      await order.deliver(...parcels);
      await order.endsAs('delivered', 'captured', 'delivered');
      const captured = order.amounts('payment.captured');
      expect(captured).toHaveLength(count);
      expect(sum(captured, 'EUR')).toEqual(uneven.total);
      const { fakes } = order;
      expect(fakes.requests('capturePayment')).toMatchObject(parcels.map(() => ({ isPart: true })));
      const authorized = [{ inParts: true, amount: uneven.total }];
      expect(fakes.requests('authorizePayment')).toMatchObject(authorized);
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
    await order.endsAs('delivered', 'captured', 'delivered');
  });

  test('one that fails after another has left is given up alone, whatever the policy, and asks for no other address', async () => {
    const order = await orders.place(withPolicy({ shipmentFailure: 'undo_order' }), (fakes) => {
      inTwoParcels(fakes);
      fakes.always(
        'createShipment',
        ofParcel(1, async (request) => {
          await firstIsPaid(fakes)(request);
          await order.report('handed_over', 0);
          await order.waitForFact('shipment.handed_over');
          return refusesLabel();
        }),
      );
    });
    await order.waitForFact('shipment.abandoned');
    await order.report('delivered', 0);
    await order.endsAs('delivered', 'captured', 'delivered');
    expect(order.fakes.calls).toContain('releaseParcel');
    expect(order.facts).not.toContain('address.fix_requested');
  });

  test('one that the warehouse cannot find is refunded alone once another has left', async () => {
    const order = await orders.place(soonLate, inTwoParcels);
    await order.report('handed_over', 0);
    const item = await order.openItem('not_handed_over');
    await order.decide(item, 'refund');
    await order.waitForFact('shipment.abandoned');
    await order.report('delivered', 0);
    await order.endsAs('delivered', 'partially_refunded', 'delivered');
    expect(order.fakes.undos).toEqual(['voidLabel 1', 'refundPayment 1']);
    expect(order.amounts('payment.refunded')).toEqual([money(890, 'EUR')]);
  });

  test('the only one that the warehouse cannot find takes its order back', async () => {
    const order = await orders.place(soonLate);
    await order.decide(await order.openItem('not_handed_over'), 'refund', 'warehouse');
    await order.endsAs('cancelled', 'refunded');
    expect(order.timeline).toContainEqual(
      expect.objectContaining({ type: 'order.cancelled', by: 'warehouse' }),
    );
  });

  test('one that is waited for goes its way when it is found', async () => {
    const order = await orders.place(soonLate);
    await order.decide(await order.openItem('not_handed_over'), 'wait');
    await order.waitForState({ needsAttention: false });
    await order.isDelivered();
  });
});

const refusal = { kind: 'refused', reason: 'ADDRESS.VERIFY.FAILURE' };

const change = ({ handle }: PlacedOrder, changeId = 'chg_1') =>
  handle.executeUpdate(changeAddressUpdate, { args: [{ changeId, by: 'buyer' }] });

/** The carrier refuses an address until there is another one. */
const refusesOnce = () => oneByOne(() => refusal);

describe.concurrent('an address', () => {
  test('that the carrier refuses is asked for once more, and the order goes on', async () => {
    const order = await orders.place({}, (fakes) => {
      fakes.always('createShipment', refusesOnce());
    });
    await order.waitForState({ status: 'awaiting_customer', stage: 'fix_address' });
    await waitFor('the mail', () => order.fakes.calls.includes('address_needed'));
    expect(await change(order)).toMatchObject({ kind: 'changed' });
    await order.deliver(0);
    await order.endsAs('delivered', 'captured');
    expect(order.fakes.undos).toEqual([]);
  });

  test('that is not changed in time ends the order, and everything is taken back', async () => {
    const order = await orders.place(hurried({ address: { fixMs: 100 } }), (fakes) => {
      fakes.always('createShipment', () => refusal);
    });
    await order.endsAs('rejected', 'voided');
    expect(order.fakes.requests('createShipment')).toHaveLength(1);
  });

  test('that one of two parcels waits for does not hold up the other one', async () => {
    const held = gate<undefined>();
    const order = await orders.place({}, (fakes) => {
      inTwoParcels(fakes);
      const slow = oneByOne(fails(new Error('slow')), held.wait);
      fakes.always('createShipment', byParcel(slow, refusesOnce()));
    });
    await order.waitForState({ stage: 'fix_address' });
    held.open(undefined);
    await order.waitForFact('payment.captured');
    await order.waitForState({ status: 'awaiting_customer', stage: 'fix_address' });
    await order.report('handed_over', 0);
    await order.waitForFact('shipment.handed_over');
    await order.waitForState({ status: 'shipped', fulfillmentStatus: 'partially_shipped' });
    await change(order);
    await order.waitForFact('payment.captured', 2);
    await order.report('delivered', 0);
    await order.deliver(1);
    await order.endsAs('delivered', 'captured', 'delivered');
  });

  test('that changes the price while the goods are set aside is what the order pays', async () => {
    const [goods, price] = [gate<undefined>(), gate<object>()];
    const order = await orders.place({}, (fakes) => {
      holdUp('reserveInventory', goods)(fakes);
      holdUp('changeAddress', price)(fakes);
    });
    await order.fakes.waitForCall('reserveInventory');
    const changed = change(order);
    await order.fakes.waitForCall('changeAddress');
    goods.open(undefined);
    await order.waitForFact('inventory.reserved');
    const total = money(2_280, 'EUR');
    price.open({ kind: 'changed', shipping: money(500, 'EUR'), total });
    expect(await changed).toEqual({ kind: 'changed', total });
    await order.deliver(0);
    await order.endsAs('delivered', 'captured');
    for (const call of ['authorizePayment', 'capturePayment']) {
      expect(order.fakes.requests(call)).toMatchObject([{ amount: total }]);
    }
  });

  test('that nobody has left for the order is refused, and the order goes on', async () => {
    const order = await orders.place({}, (fakes) => {
      fakes.always('createShipment', refusesOnce());
      fakes.script('changeAddress', fails(new ProviderRefused('no such change')));
    });
    await order.waitForState({ stage: 'fix_address' });
    await expect(change(order, 'chg_0')).rejects.toMatchObject({ cause: { type: refusedType } });
    await change(order);
    await order.isDelivered();
  });
});
