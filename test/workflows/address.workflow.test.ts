import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { money } from '../../src/domain/money.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import { changeAddressUpdate, refusedType } from '../../src/workflows/messages.js';
import { fails, gate } from '../support/fakes.js';
import {
  holdUp,
  inTwoParcels,
  ofParcel,
  byParcel,
  oneByOne,
  firstIsPaid,
} from '../support/scripts.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { useOrderWorker } from '../support/order-worker.js';
import { waitFor } from '../support/wait-for.js';

const orders = useOrderWorker();

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
    expect(await order.end()).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    expect(order.fakes.undos).toEqual([]);
  });

  test('that is not changed in time ends the order, and everything is taken back', async () => {
    const serviceLevel = { ...standardServiceLevel, address: { fixMs: 100 } };
    const order = await orders.place({ serviceLevel }, (fakes) => {
      fakes.always('createShipment', () => refusal);
    });
    expect(await order.end()).toMatchObject({ status: 'rejected', paymentStatus: 'voided' });
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
    expect(await order.end()).toMatchObject({
      status: 'delivered',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
    });
  });

  test('is not waited for once another parcel has left', async () => {
    const order = await orders.place({ policy: defaultPolicy }, (fakes) => {
      inTwoParcels(fakes);
      fakes.always(
        'createShipment',
        ofParcel(1, async (request) => {
          await firstIsPaid(fakes)(request);
          await order.report('handed_over', 0);
          await order.waitForFact('shipment.handed_over');
          return refusal;
        }),
      );
    });
    await order.waitForFact('shipment.abandoned');
    await order.report('delivered', 0);
    expect(await order.end()).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    expect(order.facts).not.toContain('address.fix_requested');
  });

  test('that changes the price while the goods are set aside is what the order pays', async () => {
    const [goods, price] = [gate<undefined>(), gate<undefined>()];
    const order = await orders.place({}, (fakes) => {
      holdUp('reserveInventory', goods)(fakes);
      fakes.script('changeAddress', async () => {
        await price.wait();
        return { kind: 'changed', shipping: money(500, 'EUR'), total: money(2_280, 'EUR') };
      });
    });
    await order.fakes.waitForCall('reserveInventory');
    const changed = change(order);
    await order.fakes.waitForCall('changeAddress');
    goods.open(undefined);
    await order.waitForFact('inventory.reserved');
    price.open(undefined);
    expect(await changed).toEqual({ kind: 'changed', total: money(2_280, 'EUR') });
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    const paid = order.fakes.asked.filter(({ name }) =>
      ['authorizePayment', 'capturePayment'].includes(name),
    );
    expect(paid).toMatchObject([
      { request: { amount: money(2_280, 'EUR') } },
      { request: { amount: money(2_280, 'EUR') } },
    ]);
  });

  test('that nobody has left for the order is refused, and the order goes on', async () => {
    const order = await orders.place({}, (fakes) => {
      fakes.always('createShipment', refusesOnce());
      fakes.script('changeAddress', fails(new ProviderRefused('no such change')));
    });
    await order.waitForState({ stage: 'fix_address' });
    await expect(change(order, 'chg_0')).rejects.toMatchObject({ cause: { type: refusedType } });
    await change(order);
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered' });
  });
});
