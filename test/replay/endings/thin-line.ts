import { ProviderRefused } from '../../../src/domain/failures.js';
import { deliver, type Endings } from './ending.js';
import { fails } from '../../support/fakes.js';
import { answers, shortOfTea } from '../../support/scripts.js';
import { noSecondChances, hurried } from '../../support/order-worker.js';

/** An order with one parcel that nobody cancels: each step as it should, and as it should not. */
export const thinLine: Endings = {
  delivered: { act: deliver },
  'delivered-to-a-guest': { input: { member: false }, act: deliver },
  'delivered-after-a-slow-payment': {
    prepare: (fakes) => {
      fakes.script('authorizePayment', fails(new Error('away')), fails(new Error('away')));
    },
    act: deliver,
  },
  'delivered-with-a-failed-side-step': {
    prepare: (fakes) => {
      fakes.always('order_confirmation', fails(new ProviderRefused('no such mailbox')));
    },
    act: deliver,
  },
  'delivered-after-an-overdue-hand-over': {
    input: hurried({ handOver: { warnMs: 150, escalateMs: 300 } }),
    act: async (order) => {
      await order.waitForState({ needsAttention: true });
      await deliver(order);
    },
  },
  'rejected-out-of-stock': {
    prepare: (fakes) => {
      fakes.always('reserveInventory', shortOfTea);
    },
  },
  'rejected-payment-declined': {
    input: { serviceLevel: noSecondChances },
    prepare: answers('authorizePayment', { kind: 'declined', code: 'generic_decline' }),
  },
  'rejected-not-shippable': {
    input: { serviceLevel: noSecondChances },
    prepare: answers('createShipment', { kind: 'refused', reason: 'no_service' }),
  },
  'rejected-authorization-lost': {
    prepare: answers('capturePayment', { kind: 'authorization_lost' }),
  },
  'rejected-with-an-overdue-undo': {
    input: { serviceLevel: { ...noSecondChances, undoMs: 300 } },
    prepare: (fakes) => {
      fakes.always('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
      fakes.script('voidAuthorization', ...Array(3).fill(fails(new Error('away'))));
    },
  },
  'failed-at-the-label': {
    prepare: (fakes) => {
      fakes.always('createShipment', fails(new ProviderRefused('wrong key')));
    },
  },
};
