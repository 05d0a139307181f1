import { expect, vi } from 'vitest';
import { ProviderRefused } from '../../../src/domain/failures.js';
import { cancelOrderUpdate, cancelSignal } from '../../../src/workflows/messages.js';
import { noSecondChances, report } from '../../support/order-worker.js';
import { fails } from '../../support/world.js';
import {
  cancel,
  cancelAtHandOver,
  deliver,
  hurried,
  shortOfTea,
  until,
  type Endings,
} from './ending.js';

/** The endings that an order of the first version had as well. */
export const thinLine: Endings = {
  delivered: { act: deliver },
  'delivered-remote': { input: {}, act: deliver },
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
      await until(handle, { needsAttention: true });
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
  'rejected-not-shippable-remote': {
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
  'cancelled-by-update': { act: cancelAtHandOver },
  'cancelled-by-update-remote': { input: {}, act: cancelAtHandOver },
  'cancelled-by-signal': {
    act: async (handle) => {
      await until(handle, { stage: 'hand_over' });
      await handle.signal(cancelSignal);
    },
  },
  'cancelled-in-temporal': {
    act: async (handle) => {
      await until(handle, { stage: 'hand_over' });
      await handle.cancel();
    },
  },
  'cancelled-while-the-payment-backs-off': {
    world: (world) => {
      world.always('authorizePayment', fails(new Error('away')));
    },
    act: async (handle) => {
      await vi.waitFor(
        async () => {
          expect((await handle.describe()).raw.pendingActivities?.length).toBe(1);
        },
        { timeout: 20_000 },
      );
      await handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
    },
  },
  'delivered-after-a-refused-cancel': {
    act: async (handle) => {
      await until(handle, { stage: 'hand_over' });
      await report(handle, 'handed_over');
      await until(handle, { stage: 'delivery' });
      await handle.signal(cancelSignal, cancel);
      await report(handle, 'delivered');
    },
  },
};
