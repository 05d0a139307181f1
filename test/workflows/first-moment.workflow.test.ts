import { expect, test } from 'vitest';
import { cancelOrderUpdate, statusQuery, timelineQuery } from '../../src/workflows/messages.js';
import { waitForCall, useOrderDesk } from '../support/order-desk.js';
import { gate } from '../support/world.js';

const desk = useOrderDesk();

test('an order answers questions and takes a cancel before its first step is done', async () => {
  const reserving = gate<undefined>();
  const { handle, world } = await desk.place({}, (fresh) => {
    fresh.always('reserveInventory', reserving.wait);
  });
  await waitForCall(world, 'reserveInventory');
  expect(await handle.query(statusQuery)).toMatchObject({ status: 'pending' });
  const [placed] = await handle.query(timelineQuery);
  expect(placed).toMatchObject({ type: 'order.placed' });
  const cancelled = await handle.startUpdate(cancelOrderUpdate, {
    args: [{ requestedBy: 'buyer', reason: 'changed my mind' }],
    waitForStage: 'ACCEPTED',
  });
  reserving.open(undefined);
  expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
  expect(world.calls).not.toContain('authorizePayment');
});
