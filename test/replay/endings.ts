import { vi, expect } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import {
  cancelOrderUpdate,
  cancelSignal,
  statusQuery,
  type OrderInput,
} from '../../src/workflows/messages.js';
import { report, type OrderHandle } from '../support/order-worker.js';
import { fails, type World } from '../support/world.js';

/** One way in which an order can end: what the world does, and what people and carriers do. */
export interface Ending {
  readonly input?: Partial<OrderInput>;
  readonly world?: (world: World) => void;
  readonly act?: (handle: OrderHandle) => Promise<unknown>;
}

const cancel = { requestedBy: 'buyer', reason: 'changed my mind' };

const until = (handle: OrderHandle, state: object) =>
  vi.waitFor(
    async () => {
      expect(await handle.query(statusQuery)).toMatchObject(state);
    },
    { timeout: 20_000, interval: 50 },
  );

const deliver = async (handle: OrderHandle) => {
  await until(handle, { stage: 'hand_over' });
  await report(handle, 'handed_over');
  await until(handle, { stage: 'delivery' });
  await report(handle, 'delivered');
};

const cancelAtHandOver = async (handle: OrderHandle) => {
  await until(handle, { stage: 'hand_over' });
  await handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
};

/** Every ending of an order, by the name of its recorded history. */
export const endings: Readonly<Record<string, Ending>> = {
  delivered: { act: deliver },
  'delivered-remote': { input: { dispatch: 'remote' }, act: deliver },
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
    input: { serviceLevel: { ...standardServiceLevel, handOverMs: 300 } },
    act: async (handle) => {
      await until(handle, { needsAttention: true });
      await deliver(handle);
    },
  },
  'rejected-out-of-stock': {
    world: (world) => {
      world.always('reserveInventory', () => ({
        kind: 'short',
        lines: [{ sku: 'TEA-100', asked: 2, available: 1 }],
      }));
    },
  },
  'rejected-payment-declined': {
    world: (world) => {
      world.always('authorizePayment', () => ({ kind: 'declined', code: 'generic_decline' }));
    },
  },
  'rejected-not-shippable': {
    world: (world) => {
      world.always('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
    },
  },
  'rejected-not-shippable-remote': {
    input: { dispatch: 'remote' },
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
    input: { serviceLevel: { ...standardServiceLevel, undoMs: 300 } },
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
  'cancelled-by-update-remote': { input: { dispatch: 'remote' }, act: cancelAtHandOver },
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
      await vi.waitFor(async () => {
        expect((await handle.describe()).raw.pendingActivities?.length).toBe(1);
      });
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
