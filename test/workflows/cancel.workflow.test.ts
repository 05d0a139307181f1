import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import {
  cancelOrderUpdate,
  cancelRefusedType,
  cancelSignal,
} from '../../src/workflows/messages.js';
import {
  waitForCall,
  waitForState,
  useOrderDesk,
  type PlacedOrder,
} from '../support/order-desk.js';
import { report } from '../support/order-worker.js';
import { undosIn } from '../support/parcels.js';
import { holdUp, mainUndos } from '../support/saga-steps.js';
import { fails, gate } from '../support/world.js';

const desk = useOrderDesk();

const cancel = { requestedBy: 'buyer', reason: 'changed my mind' };

const isCancelled = ({ handle }: PlacedOrder) =>
  handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });

async function withCarrier(): Promise<PlacedOrder> {
  const order = await desk.place();
  await report(order.handle, 'handed_over');
  await waitForState(order.handle, { stage: 'delivery' });
  return order;
}

describe.concurrent('a cancel', () => {
  test('before the hand-over answers with the end, and tells the buyer and the sellers', async () => {
    const order = await desk.place();
    await waitForState(order.handle, { stage: 'hand_over' });
    expect(await isCancelled(order)).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
    });
    expect(await order.handle.result()).toMatchObject({ status: 'cancelled' });
    expect(undosIn(order.world)).toEqual([
      'voidLabel 0',
      'refundPayment 0',
      ...mainUndos.filter((undo) => undo !== 'voidAuthorization'),
    ]);
    expect(order.world.calls.slice(-2)).toEqual(['cancellation', 'seller_cancellation']);
  });

  test('during an attempt that then fails is a cancel all the same', async () => {
    const failing = gate<undefined>();
    const wait = () => failing.wait().then(fails(new Error('down')));
    const order = await desk.place({}, holdUp('createShipment', { wait }));
    await waitForCall(order.world, 'createShipment');
    const cancelled = await order.handle.startUpdate(cancelOrderUpdate, {
      args: [cancel],
      waitForStage: 'ACCEPTED',
    });
    failing.open(undefined);
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
  });

  test('that is the second one hears the same end and undoes nothing again', async () => {
    const held = gate<undefined>();
    const order = await desk.place({}, holdUp('refundPayment', held));
    await waitForState(order.handle, { stage: 'hand_over' });
    const first = isCancelled(order);
    await waitForCall(order.world, 'refundPayment');
    const second = await order.handle.startUpdate(cancelOrderUpdate, {
      args: [cancel],
      waitForStage: 'ACCEPTED',
    });
    held.open(undefined);
    expect((await first).status).toBe('cancelled');
    expect((await second.result()).status).toBe('cancelled');
    const facts = order.world.facts(order.handle.workflowId);
    expect(facts.filter((fact) => fact === 'payment.refunded')).toHaveLength(1);
    expect(facts.filter((fact) => fact === 'order.cancel_requested')).toHaveLength(1);
  });

  test('after the hand-over is refused with the state, and leaves no trace', async () => {
    const order = await withCarrier();
    const refused = await isCancelled(order).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
    const { cause } = refused as WorkflowUpdateFailedError;
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ type: cancelRefusedType, details: [{ status: 'shipped' }] });
    await report(order.handle, 'delivered');
    expect(await order.handle.result()).toMatchObject({ status: 'delivered' });
    expect(order.world.facts(order.handle.workflowId)).not.toContain('order.cancel_requested');
  });

  test('by signal works without an argument', async () => {
    const { handle } = await desk.place();
    await waitForState(handle, { stage: 'hand_over' });
    await handle.signal(cancelSignal);
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  });

  test('by signal after the hand-over stands in the timeline as refused', async () => {
    const { handle, world } = await withCarrier();
    await handle.signal(cancelSignal, { requestedBy: 'operator' });
    await report(handle, 'delivered');
    expect(await handle.result()).toMatchObject({ status: 'delivered' });
    expect(world.facts(handle.workflowId)).toContain('order.cancel_refused');
  });

  test('in Temporal itself undoes everything, and the workflow ends as cancelled', async () => {
    const { handle, world } = await desk.place();
    await waitForState(handle, { stage: 'hand_over' });
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(world.calls).toContain('refundPayment');
    expect(world.facts(handle.workflowId).slice(-2)).toEqual([
      'order.cancelled',
      'cancellation.sent',
    ]);
  });

  test('in Temporal itself after the hand-over changes nothing', async () => {
    const { handle } = await withCarrier();
    await handle.cancel();
    await report(handle, 'delivered');
    expect(await handle.result()).toMatchObject({ status: 'delivered' });
  });
});
