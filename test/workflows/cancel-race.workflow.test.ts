import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
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
import { amountsOf, deliver, waitForFact, splitOver, undosIn } from '../support/parcels.js';
import { holdUp } from '../support/saga-steps.js';
import { fails, gate } from '../support/world.js';

const desk = useOrderDesk();

const cancel = { requestedBy: 'buyer', reason: 'changed my mind' };

const startCancel = ({ handle }: PlacedOrder) =>
  handle.startUpdate(cancelOrderUpdate, { args: [cancel], waitForStage: 'ACCEPTED' });

describe.concurrent('of two that come at once one wins', () => {
  test('a charge that is answered while the cancel is accepted is given back', async () => {
    const held = gate<undefined>();
    const order = await desk.place({}, holdUp('capturePayment', held));
    await waitForCall(order.world, 'capturePayment');
    const cancelled = await startCancel(order);
    held.open(undefined);
    expect(await cancelled.result()).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
    });
    expect(amountsOf(order, 'payment.captured')).toHaveLength(1);
    expect(amountsOf(order, 'payment.refunded')).toEqual(amountsOf(order, 'payment.captured'));
  });

  test('a label that is bought while the cancel is accepted is voided', async () => {
    const held = gate<undefined>();
    const order = await desk.place({}, holdUp('createShipment', held));
    await waitForCall(order.world, 'createShipment');
    const cancelled = await startCancel(order);
    held.open(undefined);
    await cancelled.result();
    const facts = order.world.facts(order.handle.workflowId);
    const story = ['shipment.created', 'label.voided', 'compensation.started', 'order.cancelled'];
    expect(facts.filter((fact) => story.includes(fact))).toEqual(story);
    expect(order.world.calls).not.toContain('capturePayment');
  });

  test('a hand-over that comes while the carrier is asked wins over the cancel', async () => {
    const held = gate<undefined>();
    const order = await desk.place({}, (world) => {
      world.always('voidLabel', () => held.wait().then(fails(new Error('down'))));
    });
    await waitForState(order.handle, { stage: 'hand_over' });
    const cancelled = await startCancel(order);
    const refused = cancelled.result().catch((error: unknown) => error);
    await waitForCall(order.world, 'voidLabel');
    await report(order.handle, 'handed_over');
    held.open(undefined);
    expect(await refused).toBeInstanceOf(WorkflowUpdateFailedError);
    expect(await refused).toMatchObject({ cause: { type: cancelRefusedType } });
    await report(order.handle, 'delivered');
    expect(await order.handle.result()).toMatchObject({ status: 'delivered' });
    expect(undosIn(order.world).filter((undo) => undo !== 'voidLabel 0')).toEqual([]);
  });

  test('a side step that fails for good while the cancel is accepted stops no undo', async () => {
    const held = gate<undefined>();
    const wait = () => held.wait().then(fails(new ProviderRefused('never')));
    const order = await desk.place({}, holdUp('awardPoints', { wait }));
    await waitForCall(order.world, 'awardPoints');
    await waitForState(order.handle, { stage: 'hand_over' });
    const cancelled = await startCancel(order);
    held.open(undefined);
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled', needsAttention: false });
    expect(undosIn(order.world)).toContain('revokePoints');
  });

  test('a cancel of an order with a parcel that has left is refused for all its parcels', async () => {
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
    });
    await report(order.handle, 'handed_over', 1);
    await waitForFact(order, 'shipment.handed_over');
    await order.handle.signal(cancelSignal, { requestedBy: 'operator' });
    await deliver(order, 0);
    await report(order.handle, 'delivered', 1);
    expect(await order.handle.result()).toMatchObject({ status: 'delivered' });
    expect(order.world.facts(order.handle.workflowId)).toContain('order.cancel_refused');
    expect(undosIn(order.world)).toEqual([]);
  });
});
