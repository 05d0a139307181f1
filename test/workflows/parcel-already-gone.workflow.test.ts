import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { cancelRefusedType, cancelSignal } from '../../src/workflows/messages.js';
import { fails, gate } from '../support/fakes.js';
import { inTwoParcels, ofParcel, recalledFirst } from '../support/scripts.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

const cancel = { requestedBy: 'buyer', reason: 'changed my mind' };
const tooLate = () => ({ kind: 'too_late' });

/** Labelled and paid; the carrier has the parcel and has not reported it yet. */
async function goneUnseen(): Promise<PlacedOrder> {
  const order = await orders.place({}, (fakes) => {
    fakes.always('voidLabel', tooLate);
  });
  await order.waitForHandOver();
  return order;
}

describe.concurrent('a cancel of an order whose parcel has left', () => {
  test('is refused with the reason, and the order goes on to its delivery', async () => {
    const order = await goneUnseen();
    const refused = await order.cancel().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
    expect(refused).toMatchObject({
      cause: { type: cancelRefusedType, message: expect.stringContaining('The carrier has') },
    });
    await order.waitForState({ status: 'confirmed', stage: 'hand_over' });
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    expect(order.fakes.undos).toEqual(['voidLabel 0']);
    expect(order.timeline).toContainEqual(
      expect.objectContaining({ type: 'order.cancel_refused', by: 'buyer', reason: 'parcel_left' }),
    );
  });

  test('is refused at once the second time, and the carrier is not asked again', async () => {
    const order = await goneUnseen();
    await order.handle.signal(cancelSignal, cancel);
    await order.waitForFact('order.cancel_refused');
    await expect(order.cancel()).rejects.toMatchObject({ cause: { type: cancelRefusedType } });
    expect(order.fakes.times('voidLabel')).toBe(1);
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered' });
  });

  test('can be seen while the carrier is asked, and stops no mail and no points', async () => {
    const asked = gate<object>();
    const order = await orders.place({}, (fakes) => {
      fakes.always('voidLabel', asked.wait);
    });
    await order.waitForHandOver();
    await order.handle.signal(cancelSignal, cancel);
    await order.waitForState({ status: 'confirmed', stage: 'cancel' });
    await order.waitForFact('order.cancel_requested');
    asked.open({ kind: 'too_late' });
    await order.waitForHandOver();
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered' });
    const facts = order.facts;
    expect(facts).toEqual(expect.arrayContaining(['confirmation.sent', 'points.awarded']));
  });

  test('takes its money all the same, though the cancel came before the charge', async () => {
    const charge = gate<undefined>();
    const order = await orders.place({}, (fakes) => {
      fakes.always('voidLabel', tooLate);
      fakes.script('capturePayment', () => Promise.reject(new Error('away')), charge.wait);
    });
    await order.waitForState({ stage: 'capture_payment' });
    await order.handle.signal(cancelSignal, cancel);
    await order.waitForFact('order.cancel_refused');
    charge.open(undefined);
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    expect(order.amounts('payment.captured')).toHaveLength(1);
  });
});

test('a parcel that has left before it was paid for is written off, and its order fails', async () => {
  const held = gate<undefined>();
  const order = await orders.place({}, (fakes) => {
    fakes.always('voidLabel', tooLate);
    const refused = fails(new ProviderRefused('the account is locked'));
    fakes.script('capturePayment', () => held.wait().then(refused));
  });
  await order.fakes.waitForCall('capturePayment');
  await order.report('handed_over');
  held.open(undefined);
  await order.decide(await order.openItem('parcel_already_gone'), 'mark_done');
  expect(await order.handle.result()).toMatchObject({ status: 'failed', stage: 'done' });
  expect(order.amounts('payment.captured')).toEqual([]);
});

describe.concurrent('of two parcels', () => {
  test('the one that comes back is refunded, the other goes on, and the answer says which', async () => {
    const order = await orders.place({}, (fakes) => {
      inTwoParcels(fakes);
      fakes.always('voidLabel', ofParcel(0, tooLate));
    });
    await order.waitForFact('payment.captured', 2);
    await order.waitForHandOver();
    const answer = await order.cancel();
    const { shipments } = answer;
    expect(shipments?.cancelled).toHaveLength(1);
    expect(shipments?.sent).toHaveLength(1);
    expect(shipments?.sent).not.toEqual(shipments?.cancelled);
    expect(order.amounts('payment.refunded')).toHaveLength(1);
    await order.report('handed_over', 0);
    await order.report('delivered', 0);
    expect(await order.end()).toMatchObject({
      status: 'delivered',
      paymentStatus: 'partially_refunded',
      fulfillmentStatus: 'delivered',
    });
    expect(recalledFirst(order.fakes)).toEqual(['voidLabel 0', 'voidLabel 1', 'refundPayment 1']);
    expect(order.fakes.calls).toContain('releaseParcel');
  });

  test('both come back, and the order is cancelled as a whole', async () => {
    const order = await orders.place({}, inTwoParcels);
    await order.waitForFact('payment.captured', 2);
    const answer = await order.cancel();
    expect(answer).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    expect(answer.shipments).toBeUndefined();
    expect(order.fakes.calls).not.toContain('releaseParcel');
  });
});
