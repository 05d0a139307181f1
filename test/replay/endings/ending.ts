import { expect } from 'vitest';
import type { ServiceLevel } from '../../../src/domain/service-level.js';
import { standardServiceLevel } from '../../../src/domain/service-level.js';
import {
  cancelOrderUpdate,
  resolveAttentionUpdate,
  timelineQuery,
  type OrderInput,
} from '../../../src/workflows/messages.js';
import type { AttentionChoice } from '../../../src/domain/attention.js';
import type { AttentionId } from '../../../src/domain/ids.js';
import { waitForState } from '../../support/order-desk.js';
import { report, type OrderHandle } from '../../support/order-worker.js';
import { waitFor } from '../../support/wait-for.js';
import type { World } from '../../support/world.js';

/** One way in which an order can end: what the world does, and what people and carriers do. */
export interface Ending {
  readonly input?: Partial<OrderInput>;
  readonly world?: (world: World) => void;
  readonly act?: (handle: OrderHandle) => Promise<unknown>;
}

export type Endings = Readonly<Record<string, Ending>>;

export const cancel = { requestedBy: 'buyer', reason: 'changed my mind' };

export const waitForFact = (handle: OrderHandle, type: string, times = 1) =>
  waitFor(`fact ${times} of ${type}`, async () => {
    const timeline = await handle.query(timelineQuery);
    expect(timeline.filter((fact) => fact.type === type).length).toBeGreaterThanOrEqual(times);
  });

export const deliver = async (handle: OrderHandle) => {
  await waitForState(handle, { stage: 'hand_over' });
  await report(handle, 'handed_over');
  await waitForState(handle, { stage: 'delivery' });
  await report(handle, 'delivered');
};

export const cancelAtHandOver = async (handle: OrderHandle) => {
  await waitForState(handle, { stage: 'hand_over' });
  await handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
};

/** Decides about the item that was raised last, as soon as there is one with this choice. */
export async function decide(handle: OrderHandle, choice: AttentionChoice): Promise<void> {
  await waitForFact(handle, 'attention.raised');
  const timeline = await handle.query(timelineQuery);
  const raised = timeline.filter((fact) => fact.type === 'attention.raised').at(-1);
  const attentionId: AttentionId | undefined =
    raised?.type === 'attention.raised' ? raised.id : undefined;
  if (attentionId === undefined) throw new Error('There is no item');
  await handle.executeUpdate(resolveAttentionUpdate, {
    args: [{ attentionId, choice, by: 'mia', note: 'decided' }],
  });
}

/** The standard service level, in a hurry at one point. */
export const hurried = (changes: Partial<ServiceLevel>): Pick<OrderInput, 'serviceLevel'> => ({
  serviceLevel: { ...standardServiceLevel, ...changes },
});

export const shortOfTea = () => ({
  kind: 'short',
  lines: [{ sku: 'TEA-100', asked: 2, available: 1 }],
});

const allotted = (...warehouses: readonly [warehouseId: string, quantity: number][]) => ({
  kind: 'reserved',
  allotments: warehouses.map(([warehouseId, quantity]) => ({
    warehouseId,
    lines: [{ sku: 'TEA-100', quantity }],
  })),
  dropped: [],
});

export const onlyOnePacket = () => ({
  ...allotted(['wh_1', 1]),
  dropped: [{ sku: 'TEA-100', quantity: 1 }],
});

export const twoWarehouses = (world: World) => {
  world.script('reserveInventory', () => allotted(['wh_1', 1], ['wh_2', 1]));
};
