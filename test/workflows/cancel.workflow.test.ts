import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import type { Stage } from '../../src/domain/order-state.js';
import { cancelRefusedType, cancelSignal, statusQuery } from '../../src/workflows/messages.js';
import { fails, gate } from '../support/fakes.js';
import { mainUndos, undosOncePaid, holdUp, inTwoParcels, slowWriting } from '../support/scripts.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { orderAt } from '../support/stages.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

async function withCarrier(): Promise<PlacedOrder> {
  const order = await orders.place();
  await order.report('handed_over');
  await order.waitForState({ stage: 'delivery' });
  return order;
}

describe.concurrent('a cancel', () => {
  test('before the hand-over answers with the end, and the buyer and the sellers get a mail', async () => {
    const order = await orders.place();
    await order.waitForHandOver();
    expect(await order.cancel()).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
    });
    await order.endsAs('cancelled');
    expect(order.fakes.undos).toEqual(['voidLabel 0', 'refundPayment 0', ...undosOncePaid]);
    expect(order.fakes.calls.slice(-2)).toEqual(['cancellation', 'seller_cancellation']);
  });

  test('during an attempt that then fails is a cancel all the same', async () => {
    const failing = gate<undefined>();
    const wait = () => failing.wait().then(fails(new Error('down')));
    const order = await orders.place({}, holdUp('createShipment', { wait }));
    await order.fakes.waitForCall('createShipment');
    const cancelled = await order.startCancel();
    failing.open(undefined);
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
  });

  test('that is the second one gets the same answer and undoes nothing again', async () => {
    const held = gate<undefined>();
    const order = await orders.place({}, holdUp('refundPayment', held));
    await order.waitForHandOver();
    const first = order.cancel();
    await order.fakes.waitForCall('refundPayment');
    const second = await order.startCancel();
    held.open(undefined);
    expect((await first).status).toBe('cancelled');
    expect((await second.result()).status).toBe('cancelled');
    const facts = order.facts;
    expect(facts.filter((fact) => fact === 'payment.refunded')).toHaveLength(1);
    expect(facts.filter((fact) => fact === 'order.cancel_requested')).toHaveLength(1);
  });

  test('in Temporal itself undoes everything, and the workflow ends as cancelled', async () => {
    const order = await orders.place();
    await order.waitForHandOver();
    await order.handle.cancel();
    await expect(order.handle.result()).rejects.toMatchObject({
      cause: { name: 'CancelledFailure' },
    });
    expect((await order.handle.describe()).status.name).toBe('CANCELLED');
    expect(order.fakes.calls).toContain('refundPayment');
    expect(order.facts.slice(-2)).toEqual(['order.cancelled', 'cancellation.sent']);
  });

  test('in Temporal itself after the hand-over changes nothing', async () => {
    const order = await withCarrier();
    await order.handle.cancel();
    await order.report('delivered');
    await order.endsAs('delivered');
  });
});

/** Where an order waits for somebody; before it is paid for, there is nothing to refund. */
const waits: readonly Stage[] = [
  'approve',
  'confirm_code',
  'await_stock',
  'decide_shortage',
  'confirm_payment',
  'retry_payment',
  'fix_address',
];

test.concurrent.each(waits)(
  'a cancel of an order that waits at %s compensates everything',
  async (stage) => {
    const order = await orderAt(orders, stage);
    expect(await order.cancel()).toMatchObject({ status: 'cancelled', fulfillmentStatus: 'none' });
    expect(order.fakes.undos).toEqual(['voidLabel 0', ...mainUndos]);
    expect(await order.end()).toMatchObject({ stage: 'done', needsAttention: false });
  },
);

describe.concurrent('of two that come at once one wins', () => {
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
    await order.endsAs('delivered');
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
    await order.endsAs('delivered');
    expect(order.facts).toContain('order.cancel_refused');
    expect(order.fakes.undos).toEqual([]);
  });
});
