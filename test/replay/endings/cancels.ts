import { expect } from 'vitest';
import { cancelSignal } from '../../../src/workflows/messages.js';
import { waitFor } from '../../support/wait-for.js';
import { arrive, at, decide, deliver, handOver, oneByOne, type Endings } from './ending.js';
import { fails } from '../../support/fakes.js';
import { answers, inTwoParcels, ofParcel } from '../../support/scripts.js';
import { cancelRequest } from '../../support/placed-order.js';
import { hurried } from '../../support/order-worker.js';

const tooLate = () => ({ kind: 'too_late' });

/** Cancels at every moment, and what becomes of them. */
export const cancels: Endings = {
  'cancelled-at-once': { act: (order) => order.handle.signal(cancelSignal, cancelRequest) },
  'cancelled-by-update': { act: at('hand_over', (order) => order.cancel()) },
  'cancelled-by-signal': { act: at('hand_over', ({ handle }) => handle.signal(cancelSignal)) },
  'cancelled-in-temporal': { act: at('hand_over', ({ handle }) => handle.cancel()) },
  'cancelled-while-the-payment-backs-off': {
    prepare: (fakes) => {
      fakes.always('authorizePayment', fails(new Error('away')));
    },
    act: async (order) => {
      await waitFor('a failed try of the payment', async () => {
        const { pendingActivities } = (await order.handle.describe()).raw;
        expect(pendingActivities?.some(({ lastFailure }) => lastFailure)).toBe(true);
      });
      await order.cancel();
    },
  },
  'cancelled-with-both-parcels': {
    prepare: inTwoParcels,
    act: async (order) => {
      await order.waitForFact('payment.captured', 2);
      await order.cancel();
    },
  },
  'cancelled-around-a-refund-that-hangs': {
    input: hurried({ undoMs: 300 }),
    prepare: (fakes) => {
      fakes.always('refundPayment', fails(new Error('away')));
    },
    act: async (order) => {
      await order.waitForHandOver();
      await order.handle.signal(cancelSignal, cancelRequest);
      await order.waitForFact('inventory.released');
      await decide(order, 'mark_done');
    },
  },
  'cancelled-by-the-warehouse': {
    input: hurried({ handOver: { warnMs: 150, escalateMs: 300 } }),
    act: (order) => decide(order, 'refund'),
  },
  'delivered-after-a-late-cancel': {
    act: oneByOne(
      handOver,
      at('delivery', ({ handle }) => handle.signal(cancelSignal, cancelRequest)),
      (order) => order.waitForFact('order.cancel_refused'),
      arrive('delivered'),
    ),
  },
  'delivered-after-the-carrier-refused-a-cancel': {
    prepare: answers('voidLabel', tooLate()),
    act: oneByOne(
      at('hand_over', (order) => expect(order.cancel()).rejects.toThrow()),
      deliver,
    ),
  },
  'delivered-with-one-parcel-cancelled': {
    prepare: (fakes) => {
      inTwoParcels(fakes);
      fakes.always('voidLabel', ofParcel(0, tooLate));
    },
    act: async (order) => {
      await order.waitForFact('payment.captured', 2);
      const answer = await order.cancel();
      expect(answer.shipments?.cancelled).toHaveLength(1);
      await order.report('handed_over', 0);
      await order.waitForFact('shipment.handed_over');
      await order.report('delivered', 0);
    },
  },
};
