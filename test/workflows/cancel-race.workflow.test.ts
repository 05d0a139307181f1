import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { cancelRefusedType, cancelSignal, statusQuery } from '../../src/workflows/messages.js';
import { fails, gate } from '../support/fakes.js';
import { holdUp, inTwoParcels, slowWriting } from '../support/scripts.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

describe.concurrent('of two that come at once one wins', () => {
  test('a charge that is answered while the cancel is accepted is given back', async () => {
    const held = gate<undefined>();
    const order = await orders.place({}, holdUp('capturePayment', held));
    await order.fakes.waitForCall('capturePayment');
    const cancelled = await order.startCancel();
    held.open(undefined);
    expect(await cancelled.result()).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
    });
    expect(order.amounts('payment.captured')).toHaveLength(1);
    expect(order.amounts('payment.refunded')).toEqual(order.amounts('payment.captured'));
  });

  test('a label that is bought while the cancel is accepted is voided', async () => {
    const held = gate<undefined>();
    const order = await orders.place({}, holdUp('createShipment', held));
    await order.fakes.waitForCall('createShipment');
    const cancelled = await order.startCancel();
    held.open(undefined);
    await cancelled.result();
    const facts = order.facts;
    const story = ['shipment.created', 'label.voided', 'compensation.started', 'order.cancelled'];
    expect(facts.filter((fact) => story.includes(fact))).toEqual(story);
    expect(order.fakes.calls).not.toContain('capturePayment');
  });

  test('the carrier is asked when the cancel is on record, and not before', async () => {
    const writing = slowWriting('cancel');
    const order = await orders.place({}, writing.prepare);
    await order.waitForHandOver();
    const cancelled = await order.startCancel();
    await writing.hasBegun();
    await order.handle.query(statusQuery);
    expect(order.fakes.calls).not.toContain('voidLabel');
    writing.goOn();
    await cancelled.result();
    const story = ['order.cancel_requested', 'label.voided', 'compensation.started'];
    expect(order.facts.filter((fact) => story.includes(fact))).toEqual(story);
  });

  test('a hand-over that comes while the carrier is asked wins over the cancel', async () => {
    const held = gate<undefined>();
    const order = await orders.place({}, (fakes) => {
      fakes.always('voidLabel', () => held.wait().then(fails(new Error('down'))));
    });
    await order.waitForHandOver();
    const cancelled = await order.startCancel();
    const refused = cancelled.result().catch((error: unknown) => error);
    await order.fakes.waitForCall('voidLabel');
    await order.report('handed_over');
    held.open(undefined);
    expect(await refused).toBeInstanceOf(WorkflowUpdateFailedError);
    expect(await refused).toMatchObject({ cause: { type: cancelRefusedType } });
    await order.report('delivered');
    expect(await order.handle.result()).toMatchObject({ status: 'delivered' });
    expect(order.fakes.undos.filter((undo) => undo !== 'voidLabel 0')).toEqual([]);
  });

  test('a side step that fails for good while the cancel is accepted stops no undo', async () => {
    const held = gate<undefined>();
    const wait = () => held.wait().then(fails(new ProviderRefused('never')));
    const order = await orders.place({}, holdUp('awardPoints', { wait }));
    await order.fakes.waitForCall('awardPoints');
    await order.waitForHandOver();
    const cancelled = await order.startCancel();
    held.open(undefined);
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled', needsAttention: false });
    expect(order.fakes.undos).toContain('revokePoints');
  });

  test('a cancel of an order with a parcel that has left is refused for all its parcels', async () => {
    const order = await orders.place({}, inTwoParcels);
    await order.report('handed_over', 1);
    await order.waitForFact('shipment.handed_over');
    await order.handle.signal(cancelSignal, { requestedBy: 'operator' });
    await order.deliver(0);
    await order.report('delivered', 1);
    expect(await order.handle.result()).toMatchObject({ status: 'delivered' });
    expect(order.facts).toContain('order.cancel_refused');
    expect(order.fakes.undos).toEqual([]);
  });
});
