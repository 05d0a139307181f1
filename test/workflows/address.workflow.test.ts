import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { money } from '../../src/domain/money.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import { changeAddressUpdate, refusedType } from '../../src/workflows/messages.js';
import {
  endOf,
  waitForCall,
  waitForState,
  useOrderDesk,
  type PlacedOrder,
} from '../support/order-desk.js';
import { report } from '../support/order-worker.js';
import {
  byParcel,
  deliver,
  firstIsPaid,
  waitForFact,
  ofParcel,
  oneByOne,
  splitOver,
  undosIn,
} from '../support/parcels.js';
import { holdUp } from '../support/saga-steps.js';
import { fails, gate } from '../support/world.js';

const desk = useOrderDesk();

const refusal = { kind: 'refused', reason: 'ADDRESS.VERIFY.FAILURE' };

const change = ({ handle }: PlacedOrder, changeId = 'chg_1') =>
  handle.executeUpdate(changeAddressUpdate, { args: [{ changeId, by: 'buyer' }] });

/** The carrier refuses an address until there is another one. */
const refusesOnce = () => oneByOne(() => refusal);

describe.concurrent('an address', () => {
  test('that the carrier refuses is asked for once more, and the order goes on', async () => {
    const order = await desk.place({}, (world) => {
      world.always('createShipment', refusesOnce());
    });
    await waitForState(order.handle, { status: 'awaiting_customer', stage: 'fix_address' });
    expect(order.world.calls).toContain('address_needed');
    expect(await change(order)).toMatchObject({ kind: 'changed' });
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    expect(undosIn(order.world)).toEqual([]);
  });

  test('that is not changed in time ends the order, and everything is taken back', async () => {
    const serviceLevel = { ...standardServiceLevel, address: { fixMs: 100 } };
    const order = await desk.place({ serviceLevel }, (world) => {
      world.always('createShipment', () => refusal);
    });
    expect(await endOf(order)).toMatchObject({ status: 'rejected', paymentStatus: 'voided' });
    expect(order.world.calls.filter((call) => call === 'createShipment')).toHaveLength(1);
  });

  test('that one of two parcels waits for does not hold up the other one', async () => {
    const held = gate<undefined>();
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
      const slow = oneByOne(fails(new Error('slow')), held.wait);
      world.always('createShipment', byParcel(slow, refusesOnce()));
    });
    await waitForState(order.handle, { stage: 'fix_address' });
    held.open(undefined);
    await waitForFact(order, 'payment.captured');
    await waitForState(order.handle, { status: 'awaiting_customer', stage: 'fix_address' });
    await report(order.handle, 'handed_over', 0);
    await waitForFact(order, 'shipment.handed_over');
    await waitForState(order.handle, { status: 'shipped', fulfillmentStatus: 'partially_shipped' });
    await change(order);
    await waitForFact(order, 'payment.captured', 2);
    await report(order.handle, 'delivered', 0);
    await deliver(order, 1);
    expect(await endOf(order)).toMatchObject({
      status: 'delivered',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
    });
  });

  test('is not waited for once another parcel has left', async () => {
    const order = await desk.place({ policy: defaultPolicy }, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
      world.always(
        'createShipment',
        ofParcel(1, async (request) => {
          await firstIsPaid(world)(request);
          await report(order.handle, 'handed_over', 0);
          await waitForFact(order, 'shipment.handed_over');
          return refusal;
        }),
      );
    });
    await waitForFact(order, 'shipment.abandoned');
    await report(order.handle, 'delivered', 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    expect(order.world.facts(order.handle.workflowId)).not.toContain('address.fix_requested');
  });

  test('that changes the price while the goods are set aside is what the order pays', async () => {
    const [goods, price] = [gate<undefined>(), gate<undefined>()];
    const order = await desk.place({}, (world) => {
      holdUp('reserveInventory', goods)(world);
      world.script('changeAddress', async () => {
        await price.wait();
        return { kind: 'changed', shipping: money(500, 'EUR'), total: money(2_280, 'EUR') };
      });
    });
    await waitForCall(order.world, 'reserveInventory');
    const changed = change(order);
    await waitForCall(order.world, 'changeAddress');
    goods.open(undefined);
    await waitForFact(order, 'inventory.reserved');
    price.open(undefined);
    expect(await changed).toEqual({ kind: 'changed', total: money(2_280, 'EUR') });
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    const paid = order.world.asked.filter(({ name }) =>
      ['authorizePayment', 'capturePayment'].includes(name),
    );
    expect(paid).toMatchObject([
      { request: { amount: money(2_280, 'EUR') } },
      { request: { amount: money(2_280, 'EUR') } },
    ]);
  });

  test('that nobody has left for the order is refused, and the order goes on', async () => {
    const order = await desk.place({}, (world) => {
      world.always('createShipment', refusesOnce());
      world.script('changeAddress', fails(new ProviderRefused('no such change')));
    });
    await waitForState(order.handle, { stage: 'fix_address' });
    await expect(change(order, 'chg_0')).rejects.toMatchObject({ cause: { type: refusedType } });
    await change(order);
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered' });
  });
});
