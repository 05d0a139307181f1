import { ProviderRefused } from '../../../src/domain/failures.js';
import { waitForState } from '../../support/order-desk.js';
import { noSecondChances } from '../../support/order-worker.js';
import { fails } from '../../support/world.js';
import { deliver, hurried, shortOfTea, type Endings } from './ending.js';

/** An order with one parcel that nobody cancels: each step as it should, and as it should not. */
export const thinLine: Endings = {
  delivered: { act: deliver },
  'delivered-to-a-guest': { input: { member: false }, act: deliver },
  'delivered-after-a-slow-payment': {
    world: (world) => {
      world.script('authorizePayment', fails(new Error('away')), fails(new Error('away')));
    },
    act: deliver,
  },
  'delivered-with-a-failed-side-step': {
    world: (world) => {
      world.always('order_confirmation', fails(new ProviderRefused('no such mailbox')));
    },
    act: deliver,
  },
  'delivered-after-an-overdue-hand-over': {
    input: hurried({ handOver: { warnMs: 150, escalateMs: 300 } }),
    act: async (handle) => {
      await waitForState(handle, { needsAttention: true });
      await deliver(handle);
    },
  },
  'rejected-out-of-stock': {
    world: (world) => {
      world.always('reserveInventory', shortOfTea);
    },
  },
  'rejected-payment-declined': {
    input: { serviceLevel: noSecondChances },
    world: (world) => {
      world.always('authorizePayment', () => ({ kind: 'declined', code: 'generic_decline' }));
    },
  },
  'rejected-not-shippable': {
    input: { serviceLevel: noSecondChances },
    world: (world) => {
      world.always('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
    },
  },
  'rejected-authorization-lost': {
    world: (world) => {
      world.always('capturePayment', () => ({ kind: 'authorization_lost' }));
    },
  },
  'rejected-with-an-overdue-undo': {
    input: { serviceLevel: { ...noSecondChances, undoMs: 300 } },
    world: (world) => {
      world.always('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
      world.script('voidAuthorization', ...Array(3).fill(fails(new Error('away'))));
    },
  },
  'failed-at-the-label': {
    world: (world) => {
      world.always('createShipment', fails(new ProviderRefused('wrong key')));
    },
  },
};
