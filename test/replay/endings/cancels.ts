import { expect } from 'vitest';
import { cancelOrderUpdate, cancelSignal } from '../../../src/workflows/messages.js';
import { waitForState } from '../../support/order-desk.js';
import { report } from '../../support/order-worker.js';
import { ofParcel } from '../../support/parcels.js';
import { waitFor } from '../../support/wait-for.js';
import { fails } from '../../support/world.js';
import {
  cancel,
  cancelAtHandOver,
  decide,
  deliver,
  hurried,
  twoWarehouses,
  waitForFact,
  type Endings,
} from './ending.js';

const tooLate = () => ({ kind: 'too_late' });

/** Cancels at every moment, and what becomes of them. */
export const cancels: Endings = {
  'cancelled-at-once': { act: (handle) => handle.signal(cancelSignal, cancel) },
  'cancelled-by-update': { act: cancelAtHandOver },
  'cancelled-by-signal': {
    act: async (handle) => {
      await waitForState(handle, { stage: 'hand_over' });
      await handle.signal(cancelSignal);
    },
  },
  'cancelled-in-temporal': {
    act: async (handle) => {
      await waitForState(handle, { stage: 'hand_over' });
      await handle.cancel();
    },
  },
  'cancelled-while-the-payment-backs-off': {
    world: (world) => {
      world.always('authorizePayment', fails(new Error('away')));
    },
    act: async (handle) => {
      await waitFor('a failed try of the payment', async () => {
        const { pendingActivities } = (await handle.describe()).raw;
        expect(pendingActivities?.some(({ lastFailure }) => lastFailure)).toBe(true);
      });
      await handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
    },
  },
  'cancelled-with-both-parcels': {
    world: twoWarehouses,
    act: async (handle) => {
      await waitForFact(handle, 'payment.captured', 2);
      await handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
    },
  },
  'cancelled-around-a-refund-that-hangs': {
    input: hurried({ undoMs: 300 }),
    world: (world) => {
      world.always('refundPayment', fails(new Error('away')));
    },
    act: async (handle) => {
      await waitForState(handle, { stage: 'hand_over' });
      await handle.signal(cancelSignal, cancel);
      await waitForFact(handle, 'inventory.released');
      await decide(handle, 'mark_done');
    },
  },
  'cancelled-by-the-warehouse': {
    input: hurried({ handOver: { warnMs: 150, escalateMs: 300 } }),
    act: (handle) => decide(handle, 'refund'),
  },
  'delivered-after-a-late-cancel': {
    act: async (handle) => {
      await waitForState(handle, { stage: 'hand_over' });
      await report(handle, 'handed_over');
      await waitForState(handle, { stage: 'delivery' });
      await handle.signal(cancelSignal, cancel);
      await waitForFact(handle, 'order.cancel_refused');
      await report(handle, 'delivered');
    },
  },
  'delivered-after-the-carrier-refused-a-cancel': {
    world: (world) => {
      world.always('voidLabel', tooLate);
    },
    act: async (handle) => {
      await waitForState(handle, { stage: 'hand_over' });
      const cancelled = handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
      await expect(cancelled).rejects.toThrow();
      await deliver(handle);
    },
  },
  'delivered-with-one-parcel-cancelled': {
    world: (world) => {
      twoWarehouses(world);
      world.always('voidLabel', ofParcel(0, tooLate));
    },
    act: async (handle) => {
      await waitForFact(handle, 'payment.captured', 2);
      const answer = await handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
      expect(answer.shipments?.cancelled).toHaveLength(1);
      await report(handle, 'handed_over', 0);
      await waitForFact(handle, 'shipment.handed_over');
      await report(handle, 'delivered', 0);
    },
  },
};
