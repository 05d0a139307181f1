import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import {
  cancelOrderUpdate,
  cancelRefusedType,
  cancelSignal,
} from '../../src/workflows/messages.js';
import {
  endOf,
  waitForState,
  timesAsked,
  useOrderDesk,
  type PlacedOrder,
} from '../support/order-desk.js';
import { report } from '../support/order-worker.js';
import {
  amountsOf,
  deliver,
  waitForFact,
  ofParcel,
  recalledFirst,
  splitOver,
  undosIn,
} from '../support/parcels.js';
import { gate } from '../support/world.js';

const desk = useOrderDesk();

const cancel = { requestedBy: 'buyer', reason: 'changed my mind' };
const tooLate = () => ({ kind: 'too_late' });

/** Labelled and paid; the carrier has the parcel and has not reported it yet. */
async function goneUnseen(): Promise<PlacedOrder> {
  const order = await desk.place({}, (world) => {
    world.always('voidLabel', tooLate);
  });
  await waitForState(order.handle, { stage: 'hand_over' });
  return order;
}

describe.concurrent('a cancel of an order whose parcel has left', () => {
  test('is refused with the reason, and the order goes on to its delivery', async () => {
    const order = await goneUnseen();
    const refused = await order.handle
      .executeUpdate(cancelOrderUpdate, { args: [cancel] })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
    expect(refused).toMatchObject({
      cause: { type: cancelRefusedType, message: expect.stringContaining('The carrier has') },
    });
    await waitForState(order.handle, { status: 'confirmed', stage: 'hand_over' });
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    expect(undosIn(order.world)).toEqual(['voidLabel 0']);
    expect(order.world.timelines.get(order.handle.workflowId)).toContainEqual(
      expect.objectContaining({ type: 'order.cancel_refused', by: 'buyer', reason: 'parcel_left' }),
    );
  });

  test('is refused at once the second time, and the carrier is not asked again', async () => {
    const order = await goneUnseen();
    await order.handle.signal(cancelSignal, cancel);
    await waitForFact(order, 'order.cancel_refused');
    await expect(
      order.handle.executeUpdate(cancelOrderUpdate, { args: [cancel] }),
    ).rejects.toMatchObject({ cause: { type: cancelRefusedType } });
    expect(timesAsked(order, 'voidLabel')).toBe(1);
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered' });
  });

  test('can be seen while the carrier is asked, and stops no mail and no points', async () => {
    const asked = gate<object>();
    const order = await desk.place({}, (world) => {
      world.always('voidLabel', asked.wait);
    });
    await waitForState(order.handle, { stage: 'hand_over' });
    await order.handle.signal(cancelSignal, cancel);
    await waitForState(order.handle, { status: 'confirmed', stage: 'cancel' });
    await waitForFact(order, 'order.cancel_requested');
    asked.open({ kind: 'too_late' });
    await waitForState(order.handle, { stage: 'hand_over' });
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered' });
    const facts = order.world.facts(order.handle.workflowId);
    expect(facts).toEqual(expect.arrayContaining(['confirmation.sent', 'points.awarded']));
  });

  test('takes its money all the same, though the cancel came before the charge', async () => {
    const charge = gate<undefined>();
    const order = await desk.place({}, (world) => {
      world.always('voidLabel', tooLate);
      world.script('capturePayment', () => Promise.reject(new Error('away')), charge.wait);
    });
    await waitForState(order.handle, { stage: 'capture_payment' });
    await order.handle.signal(cancelSignal, cancel);
    await waitForFact(order, 'order.cancel_refused');
    charge.open(undefined);
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    expect(amountsOf(order, 'payment.captured')).toHaveLength(1);
  });
});

describe.concurrent('of two parcels', () => {
  test('the one that comes back is refunded, the other goes on, and the answer says which', async () => {
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
      world.always('voidLabel', ofParcel(0, tooLate));
    });
    await waitForFact(order, 'payment.captured', 2);
    await waitForState(order.handle, { stage: 'hand_over' });
    const answer = await order.handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
    const { shipments } = answer;
    expect(shipments?.cancelled).toHaveLength(1);
    expect(shipments?.sent).toHaveLength(1);
    expect(shipments?.sent).not.toEqual(shipments?.cancelled);
    expect(amountsOf(order, 'payment.refunded')).toHaveLength(1);
    await report(order.handle, 'handed_over', 0);
    await report(order.handle, 'delivered', 0);
    expect(await endOf(order)).toMatchObject({
      status: 'delivered',
      paymentStatus: 'partially_refunded',
      fulfillmentStatus: 'delivered',
    });
    expect(recalledFirst(order.world)).toEqual(['voidLabel 0', 'voidLabel 1', 'refundPayment 1']);
    expect(order.world.calls).toContain('releaseParcel');
  });

  test('both come back, and the order is cancelled as a whole', async () => {
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
    });
    await waitForFact(order, 'payment.captured', 2);
    const answer = await order.handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
    expect(answer).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    expect(answer.shipments).toBeUndefined();
    expect(order.world.calls).not.toContain('releaseParcel');
  });
});
