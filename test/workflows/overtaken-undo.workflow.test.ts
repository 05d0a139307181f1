import { describe, expect, test } from 'vitest';
import type { AttentionChoice } from '../../src/domain/attention.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import type { UndoName } from '../../src/domain/saga.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import { cancelOrderUpdate } from '../../src/workflows/messages.js';
import { decide, itemsOf, openItem } from '../support/attention-items.js';
import {
  endOf,
  waitForCall,
  waitForState,
  timesAsked,
  useOrderDesk,
  type PlacedOrder,
} from '../support/order-desk.js';
import { noSecondChances } from '../support/order-worker.js';
import { firstIsPaid, ofParcel, splitOver, undosIn } from '../support/parcels.js';
import { fails } from '../support/world.js';

const desk = useOrderDesk();

/** A paid order, on its way back, of which these undos fail for ever. */
async function goingBack(...hanging: readonly UndoName[]) {
  const serviceLevel = { ...standardServiceLevel, undoMs: 100 };
  const order = await desk.place({ serviceLevel }, (world) => {
    for (const name of hanging) world.always(name, fails(new ProviderRefused('locked')));
  });
  await waitForState(order.handle, { stage: 'hand_over' });
  const cancelled = await order.handle.startUpdate(cancelOrderUpdate, {
    args: [{ requestedBy: 'buyer', reason: 'changed my mind' }],
    waitForStage: 'ACCEPTED',
  });
  return { order, cancelled };
}

/** One of its two parcels is paid for when the other is refused, and the refund fails for ever. */
function halfPaid(): Promise<PlacedOrder> {
  return desk.place(
    {
      serviceLevel: { ...noSecondChances, undoMs: 100 },
      policy: { ...defaultPolicy, shipmentFailure: 'undo_order' },
    },
    (world) => {
      splitOver(world, 'wh_1', 'wh_2');
      world.always('refundPayment', fails(new ProviderRefused('locked')));
      world.always(
        'createShipment',
        ofParcel(1, async (request) => {
          await firstIsPaid(world)(request);
          return { kind: 'refused', reason: 'no_service' };
        }),
      );
    },
  );
}

/** Decides about the item of an undo, whichever of them was raised first. */
async function settle(order: PlacedOrder, undo: UndoName, choice: AttentionChoice): Promise<void> {
  const item = itemsOf(order, 'undo_stuck').find(({ subject }) => subject.startsWith(undo));
  if (item === undefined) throw new Error(`nobody was asked about ${undo}`);
  await decide(order, item, choice);
}

/** Its effect. An order whose end meets a timer has its last task done once more, and asks again. */
const timesRecorded = ({ world, handle }: PlacedOrder, type: string): number =>
  world.facts(handle.workflowId).filter((fact) => fact === type).length;

describe.concurrent('an undo that hangs', () => {
  test('lets those behind it go ahead, so that the parcel stays and the goods are free', async () => {
    const { order, cancelled } = await goingBack('refundPayment');
    await waitForCall(order.world, 'releaseInventory');
    expect(undosIn(order.world)).toContain('voidLabel 0');
    await waitForState(order.handle, { status: 'compensating', needsAttention: true });
    await settle(order, 'refundPayment', 'waive');
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled', needsAttention: false });
  });

  test('keeps the authorization while a refund is open: a void would give back the same', async () => {
    const order = await halfPaid();
    await waitForCall(order.world, 'releaseInventory');
    expect(timesAsked(order, 'voidAuthorization')).toBe(0);
    await settle(order, 'refundPayment', 'mark_done');
    expect(await endOf(order)).toMatchObject({ status: 'rejected', needsAttention: false });
    expect(timesRecorded(order, 'payment.voided')).toBe(1);
  });

  test('keeps the goods while the label is open, since the parcel may still go', async () => {
    const order = await desk.place(
      { serviceLevel: { ...noSecondChances, undoMs: 100 } },
      (world) => {
        world.always('voidLabel', fails(new ProviderRefused('locked')));
        world.always('capturePayment', fails(new ProviderRefused('never')));
      },
    );
    await waitForCall(order.world, 'releaseDeliveryPartner');
    // By then whoever may overtake the label has done so.
    await waitForCall(order.world, 'voidLabel', 4);
    expect(timesAsked(order, 'releaseInventory')).toBe(0);
    expect(timesAsked(order, 'refundPayment')).toBe(0);
    await settle(order, 'voidLabel', 'mark_done');
    expect(await endOf(order)).toMatchObject({ status: 'failed', fulfillmentStatus: 'none' });
    expect(timesRecorded(order, 'inventory.released')).toBe(1);
  });

  test('is a label that the carrier is asked for: nothing else is compensated before', async () => {
    const { order, cancelled } = await goingBack('voidLabel');
    await openItem(order, 'undo_stuck');
    await waitForState(order.handle, {
      status: 'confirmed',
      stage: 'cancel',
      needsAttention: true,
    });
    expect(undosIn(order.world).every((undo) => undo === 'voidLabel 0')).toBe(true);
    order.world.usual('voidLabel');
    await settle(order, 'voidLabel', 'retry');
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
    expect(await endOf(order)).toMatchObject({ needsAttention: false, paymentStatus: 'refunded' });
  });

  test('is done once when it works at last, and so is each that overtook it', async () => {
    const { order, cancelled } = await goingBack('refundPayment');
    await waitForCall(order.world, 'releaseInventory');
    order.world.usual('refundPayment');
    await settle(order, 'refundPayment', 'retry');
    expect(await cancelled.result()).toMatchObject({ paymentStatus: 'refunded' });
    for (const type of ['payment.refunded', 'label.voided', 'inventory.released']) {
      expect(timesRecorded(order, type), type).toBe(1);
    }
  });
});
