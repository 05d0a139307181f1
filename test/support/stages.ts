import { expect } from 'vitest';
import type { Stage } from '../../src/domain/order-state.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import { nothingToVerify } from '../../src/domain/risk.js';
import { cancelSignal, statusQuery, type OrderInput } from '../../src/workflows/messages.js';
import { waitForState, type OrderDesk, type PlacedOrder } from './order-desk.js';
import { report, type OrderHandle } from './order-worker.js';
import { waitFor } from './wait-for.js';
import { fails, gate, type World } from './world.js';

/** How an order comes to stand at a stage, and to stay there. */
interface Scene {
  readonly input?: Partial<OrderInput>;
  /** What is out of the ordinary in the order's world. */
  readonly prepare?: (world: World) => void;
  /** The call that stays without an answer while the order stands there. */
  readonly heldCall?: string;
  /** What has to happen on the way. */
  readonly lead?: (handle: OrderHandle) => Promise<unknown>;
}

const short = () => ({
  kind: 'short',
  lines: [{ sku: 'TEA-100', asked: 2, available: 1 }],
});

const requiresAction = () => ({ kind: 'requires_action', paymentId: 'pi_1' });

const outOfStock = (world: World) => {
  world.always('reserveInventory', short);
};

/** For each stage an order that stays at it: it waits for somebody, or for the answer to a call. */
const scenes: Readonly<Record<Stage, Scene>> = {
  approve: { input: { verification: { ...nothingToVerify, approval: ['large_amount'] } } },
  confirm_code: { input: { verification: { ...nothingToVerify, code: ['other_country'] } } },
  reserve_inventory: { heldCall: 'reserveInventory' },
  await_stock: {
    input: { policy: { ...defaultPolicy, shortage: 'wait' } },
    prepare: outOfStock,
  },
  decide_shortage: {
    input: { policy: { ...defaultPolicy, shortage: 'ask' } },
    prepare: outOfStock,
  },
  authorize_payment: { heldCall: 'authorizePayment' },
  confirm_payment: {
    prepare: (world) => {
      world.always('authorizePayment', requiresAction);
      world.always('confirmPayment', requiresAction);
    },
  },
  retry_payment: {
    prepare: (world) => {
      world.script('authorizePayment', () => ({ kind: 'declined', code: 'generic_decline' }));
    },
  },
  create_shipment: { heldCall: 'createShipment' },
  fix_address: {
    prepare: (world) => {
      world.script('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
    },
  },
  capture_payment: { heldCall: 'capturePayment' },
  hand_over: {},
  delivery: { lead: (handle) => report(handle, 'handed_over') },
  cancel: {
    heldCall: 'voidLabel',
    lead: async (handle) => {
      await waitForState(handle, { stage: 'hand_over' });
      await handle.signal(cancelSignal);
    },
  },
  undo: {
    prepare: (world) => {
      world.always('createShipment', fails(new ProviderRefused('never')));
    },
    heldCall: 'voidLabel',
  },
  done: { prepare: outOfStock, heldCall: 'rejection' },
};

/** An order that stands at a stage and rests there. */
export interface RestingOrder extends PlacedOrder {
  /** Lets go of the call that holds the order, if one does. */
  release(): void;
}

/**
 * Brings an order to a stage and waits until it rests: nothing of it is under way but the call that
 * holds it.
 */
export async function orderAt(
  desk: OrderDesk,
  stage: Stage,
  prepare: (world: World) => void = () => undefined,
): Promise<RestingOrder> {
  const { input, heldCall, lead, ...scene } = scenes[stage];
  const held = gate<undefined>();
  const order = await desk.place({ ...input }, (world) => {
    scene.prepare?.(world);
    if (heldCall !== undefined) world.always(heldCall, held.wait);
    prepare(world);
  });
  await lead?.(order.handle);
  await rests(order.handle, stage, heldCall === undefined ? 0 : 1);
  return {
    ...order,
    release: () => {
      held.open(undefined);
    },
  };
}

/** @param heldCalls how many calls are under way all the same */
async function rests(handle: OrderHandle, stage: Stage, heldCalls: number): Promise<void> {
  await waitFor(`an order at rest at ${stage}`, async () => {
    const { raw } = await handle.describe();
    expect(raw.pendingWorkflowTask ?? undefined).toBeUndefined();
    expect(raw.pendingActivities ?? []).toHaveLength(heldCalls);
    expect((await handle.query(statusQuery)).stage).toBe(stage);
  });
}

/** Waits until what was sent to the order has been dealt with. @returns the length of its history */
export async function quietHistory(handle: OrderHandle): Promise<number> {
  return waitFor('the end of all workflow tasks', async () => {
    const { raw, historyLength } = await handle.describe();
    expect(raw.pendingWorkflowTask ?? undefined).toBeUndefined();
    return historyLength;
  });
}
