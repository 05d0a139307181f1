import { expect } from 'vitest';
import type { Stage } from '../../src/domain/order-state.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import { nothingToVerify } from '../../src/domain/risk.js';
import { cancelSignal, statusQuery, type OrderInput } from '../../src/workflows/messages.js';
import { waitFor } from './wait-for.js';
import { type Fakes, fails, gate } from './fakes.js';
import { answers, refusesLabel, scripted, shortOfTea } from './scripts.js';
import type { PlacedOrder } from './placed-order.js';
import { withPolicy, type OrderWorker, type OrderHandle } from './order-worker.js';

/** How an order comes to stand at a stage, and to stay there. */
interface Scene {
  readonly input?: Partial<OrderInput>;
  /** What is out of the ordinary in the order's fakes. */
  readonly prepare?: (fakes: Fakes) => void;
  /** The call that stays without an answer while the order stands there. */
  readonly heldCall?: string;
  /** What has to happen on the way. */
  readonly lead?: (order: PlacedOrder) => Promise<unknown>;
}

const declined = () => ({ kind: 'declined', code: 'generic_decline' });
const requiresAction = () => ({ kind: 'requires_action', paymentId: 'pi_1' });

const outOfStock = answers('reserveInventory', shortOfTea());

/** For each stage an order that stays at it: it waits for somebody, or for the answer to a call. */
const scenes: Readonly<Record<Stage, Scene>> = {
  approve: { input: { verification: { ...nothingToVerify, approval: ['large_amount'] } } },
  confirm_code: { input: { verification: { ...nothingToVerify, code: ['other_country'] } } },
  reserve_inventory: { heldCall: 'reserveInventory' },
  await_stock: { input: withPolicy({ shortage: 'wait' }), prepare: outOfStock },
  decide_shortage: { input: withPolicy({ shortage: 'ask' }), prepare: outOfStock },
  authorize_payment: { heldCall: 'authorizePayment' },
  confirm_payment: {
    prepare: (fakes) => {
      fakes.always('authorizePayment', requiresAction);
      fakes.always('confirmPayment', requiresAction);
    },
  },
  retry_payment: { prepare: scripted({ authorizePayment: [declined] }) },
  create_shipment: { heldCall: 'createShipment' },
  fix_address: { prepare: scripted({ createShipment: [refusesLabel] }) },
  capture_payment: { heldCall: 'capturePayment' },
  hand_over: {},
  delivery: { lead: (order) => order.report('handed_over') },
  cancel: {
    heldCall: 'voidLabel',
    lead: async (order) => {
      await order.waitForHandOver();
      await order.handle.signal(cancelSignal);
    },
  },
  undo: {
    prepare: (fakes) => {
      fakes.always('createShipment', fails(new ProviderRefused('never')));
    },
    heldCall: 'voidLabel',
  },
  done: { prepare: outOfStock, heldCall: 'rejection' },
};

/** An order that stands at a stage and rests there. */
export interface RestingOrder extends PlacedOrder {
  /** Releases the call that holds the order, if one does. */
  release(): void;
}

/**
 * Brings an order to a stage and waits until it rests: nothing of it is under way but the call that
 * holds it.
 */
export async function orderAt(
  orders: Pick<OrderWorker, 'place'>,
  stage: Stage,
  prepare: (fakes: Fakes) => void = () => undefined,
): Promise<RestingOrder> {
  const { input, heldCall, lead, ...scene } = scenes[stage];
  const held = gate<undefined>();
  const order = await orders.place({ ...input }, (fakes) => {
    scene.prepare?.(fakes);
    if (heldCall !== undefined) fakes.always(heldCall, held.wait);
    prepare(fakes);
  });
  await lead?.(order);
  await rests(order, stage, heldCall === undefined ? 0 : 1);
  const release = () => {
    held.open(undefined);
  };
  return Object.assign(order, { release });
}

/** @param heldCalls how many calls are under way all the same */
async function rests({ handle }: PlacedOrder, stage: Stage, heldCalls: number): Promise<void> {
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
