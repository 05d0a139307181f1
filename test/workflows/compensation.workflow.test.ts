import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import type { AttentionChoice } from '../../src/domain/attention.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import type { UndoName } from '../../src/domain/saga.js';
import { cancelRefusedType, cancelSignal } from '../../src/workflows/messages.js';
import { fails, gate } from '../support/fakes.js';
import { hurried, noSecondChances, useOrderWorker } from '../support/order-worker.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { firstIsPaid, inTwoParcels, ofParcel, recalledFirst } from '../support/scripts.js';

const orders = useOrderWorker();

/** A paid order that is being compensated, and these compensations keep failing. */
async function compensating(...hanging: readonly UndoName[]) {
  const order = await orders.place(hurried({ undoMs: 100 }), (fakes) => {
    for (const name of hanging) fakes.always(name, fails(new ProviderRefused('locked')));
  });
  await order.waitForHandOver();
  const cancelled = await order.startCancel();
  return { order, cancelled };
}

/** One of its two parcels is paid for when the other is refused, and the refund keeps failing. */
function halfPaid(): Promise<PlacedOrder> {
  return orders.place(
    {
      serviceLevel: { ...noSecondChances, undoMs: 100 },
      policy: { ...defaultPolicy, shipmentFailure: 'undo_order' },
    },
    (fakes) => {
      inTwoParcels(fakes);
      fakes.always('refundPayment', fails(new ProviderRefused('locked')));
      fakes.always(
        'createShipment',
        ofParcel(1, async (request) => {
          await firstIsPaid(fakes)(request);
          return { kind: 'refused', reason: 'no_service' };
        }),
      );
    },
  );
}

/** Decides about the item of an undo, whatever was raised before. */
async function resolve(order: PlacedOrder, undo: UndoName, choice: AttentionChoice): Promise<void> {
  const item = order.items('undo_stuck').find(({ subject }) => subject.startsWith(undo));
  expect(item, `a question about ${undo}`).toBeDefined();
  await order.decide(item!, choice);
}

/** Its effect. An order whose end meets a timer has its last task done once more, and asks again. */
const timesRecorded = ({ facts }: PlacedOrder, type: string): number =>
  facts.filter((fact) => fact === type).length;

describe.concurrent('an undo that hangs', () => {
  test('lets those behind it go ahead, so that the parcel stays and the goods are free', async () => {
    const { order, cancelled } = await compensating('refundPayment');
    await order.fakes.waitForCall('releaseInventory');
    expect(order.fakes.undos).toContain('voidLabel 0');
    await order.waitForState({ status: 'compensating', needsAttention: true });
    await resolve(order, 'refundPayment', 'waive');
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled', needsAttention: false });
  });

  test('keeps the authorization while a refund is open: a void would give back the same', async () => {
    const order = await halfPaid();
    await order.fakes.waitForCall('releaseInventory');
    expect(order.fakes.times('voidAuthorization')).toBe(0);
    await resolve(order, 'refundPayment', 'mark_done');
    await order.endsAs('rejected');
    expect(timesRecorded(order, 'payment.voided')).toBe(1);
  });

  test('keeps the goods while the label is open, since the parcel may still go', async () => {
    const order = await orders.place(
      { serviceLevel: { ...noSecondChances, undoMs: 100 } },
      (fakes) => {
        fakes.always('voidLabel', fails(new ProviderRefused('locked')));
        fakes.always('capturePayment', fails(new ProviderRefused('never')));
      },
    );
    await order.fakes.waitForCall('releaseDeliveryPartner');
    // By then all that may overtake the label has done so.
    await order.fakes.waitForCall('voidLabel', 4);
    expect(order.fakes.times('releaseInventory')).toBe(0);
    expect(order.fakes.times('refundPayment')).toBe(0);
    await resolve(order, 'voidLabel', 'mark_done');
    await order.endsAs('failed', undefined, 'none');
    expect(timesRecorded(order, 'inventory.released')).toBe(1);
  });

  test('is a label that the carrier is asked for: nothing else is compensated before', async () => {
    const { order, cancelled } = await compensating('voidLabel');
    await order.openItem('undo_stuck');
    await order.waitForState({
      status: 'confirmed',
      stage: 'cancel',
      needsAttention: true,
    });
    expect(order.fakes.undos.every((undo) => undo === 'voidLabel 0')).toBe(true);
    order.fakes.usual('voidLabel');
    await resolve(order, 'voidLabel', 'retry');
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
    expect(await order.end()).toMatchObject({ needsAttention: false, paymentStatus: 'refunded' });
  });

  test('is done once when it works at last, and so is each that overtook it', async () => {
    const { order, cancelled } = await compensating('refundPayment');
    await order.fakes.waitForCall('releaseInventory');
    order.fakes.usual('refundPayment');
    await resolve(order, 'refundPayment', 'retry');
    expect(await cancelled.result()).toMatchObject({ paymentStatus: 'refunded' });
    for (const type of ['payment.refunded', 'label.voided', 'inventory.released']) {
      expect(timesRecorded(order, type), type).toBe(1);
    }
    expect(order.recorded('attention.resolved')).toMatchObject([{ by: 'ann', choice: 'retry' }]);
  });
});

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
    await order.endsAs('delivered', 'captured');
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
    await order.isDelivered();
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
    await order.isDelivered();
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
    await order.endsAs('delivered', 'captured');
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
  await order.endsAs('failed');
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
    await order.endsAs('delivered', 'partially_refunded', 'delivered');
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
