import { describe, expect, test } from 'vitest';
import { cancelOrderUpdate } from '../../src/workflows/messages.js';
import { isAskedFor, reaches, useOrderDesk, type PlacedOrder } from '../support/order-desk.js';
import { noSecondChances } from '../support/order-worker.js';
import { deliver } from '../support/parcels.js';
import { gate } from '../support/world.js';

const desk = useOrderDesk();

const cancel = { requestedBy: 'buyer', reason: 'changed my mind' };

/** Held in its first workflow task, in which it would go on to its hand-over. */
async function orderInItsFirstTask() {
  const held = gate<undefined>();
  const order = await desk.place({}, (world) => {
    world.script('authorizePayment', held.wait);
  });
  await isAskedFor(order.world, 'authorizePayment');
  const goOn = () => {
    held.open(undefined);
  };
  return { ...order, goOn };
}

/** How often it waited for somebody for a second. */
async function waits({ handle }: PlacedOrder): Promise<number> {
  const { events } = await handle.fetchHistory();
  const timers = (events ?? []).map((event) => event.timerStartedEventAttributes);
  return timers.filter((timer) => Number(timer?.startToFireTimeout?.seconds) === 1).length;
}

describe.concurrent('a cancel that waits for the end of the first task', () => {
  test('is heard before the next step, when the row tells of it', async () => {
    const order = await orderInItsFirstTask();
    const answer = order.handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
    // By then the server has the cancel, which comes in with the next task.
    await order.handle.describe();
    order.world.isCancelAsked = true;
    order.goOn();
    expect(await answer).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
    expect(order.world.calls).not.toContain('createShipment');
  });

  test('that does not come holds the order up once, for a second', async () => {
    const order = await orderInItsFirstTask();
    order.world.isCancelAsked = true;
    order.goOn();
    await reaches(order.handle, { stage: 'hand_over' });
    await deliver(order, 0);
    expect(await order.handle.result()).toMatchObject({ status: 'delivered' });
    expect(await waits(order)).toBe(1);
  });

  test('is not waited for by an order that is taken back anyway', async () => {
    const order = await desk.place({ serviceLevel: noSecondChances }, (world) => {
      world.always('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
      world.script('voidAuthorization', () => {
        world.isCancelAsked = true;
      });
    });
    expect(await order.handle.result()).toMatchObject({ status: 'rejected' });
    expect(order.world.isCancelAsked).toBe(true);
    expect(await waits(order)).toBe(0);
  });

  test('is waited for by no order that nobody cancels', async () => {
    const order = await orderInItsFirstTask();
    order.goOn();
    await reaches(order.handle, { stage: 'hand_over' });
    await deliver(order, 0);
    await order.handle.result();
    expect(await waits(order)).toBe(0);
  });
});
