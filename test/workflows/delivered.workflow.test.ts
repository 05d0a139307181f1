import { expect, test } from 'vitest';
import { statusQuery, timelineQuery } from '../../src/workflows/messages.js';
import { gate } from '../support/fakes.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

test('an order that nothing hinders is delivered, and its queries say so after its end', async () => {
  const order = await orders.place();
  await order.deliver(0);
  const summary = await order.end();

  expect(summary).toMatchObject({
    status: 'delivered',
    stage: 'done',
    paymentStatus: 'captured',
    fulfillmentStatus: 'delivered',
    needsAttention: false,
  });
  expect(order.fakes.calls.toSorted()).toEqual(
    [
      'order_placed',
      'reserveInventory',
      'authorizePayment',
      'order_confirmation',
      'seller_notice',
      'assignDeliveryPartner',
      'awardPoints',
      'createShipment',
      'capturePayment',
      'issueInventory',
      'shipped',
      'delivered',
    ].toSorted(),
  );
  expect(await order.handle.query(statusQuery)).toEqual(summary);
  const timeline = await order.handle.query(timelineQuery);
  expect(timeline.map((fact) => fact.type)).toEqual(
    expect.arrayContaining(['order.placed', ...order.facts]),
  );
});

test('an order answers queries and takes a cancel before its first step is done', async () => {
  const reserving = gate<undefined>();
  const order = await orders.place({}, (fakes) => {
    fakes.always('reserveInventory', reserving.wait);
  });
  await order.fakes.waitForCall('reserveInventory');
  expect(await order.handle.query(statusQuery)).toMatchObject({ status: 'pending' });
  expect((await order.handle.query(timelineQuery))[0]).toMatchObject({ type: 'order.placed' });
  const cancelled = await order.startCancel();
  reserving.open(undefined);
  expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
  expect(order.fakes.calls).not.toContain('authorizePayment');
});
