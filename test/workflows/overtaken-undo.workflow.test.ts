import { describe, expect, test } from 'vitest';
import type { AttentionChoice } from '../../src/domain/attention.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import type { UndoName } from '../../src/domain/saga.js';
import { fails } from '../support/fakes.js';
import { inTwoParcels, ofParcel, firstIsPaid } from '../support/scripts.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { hurried, useOrderWorker, noSecondChances } from '../support/order-worker.js';

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
    expect(await order.end()).toMatchObject({ status: 'rejected', needsAttention: false });
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
    expect(await order.end()).toMatchObject({ status: 'failed', fulfillmentStatus: 'none' });
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
  });
});
