import { expect } from 'vitest';
import type { Fact, FactOf, FactType, RecordedFact } from '../../src/domain/facts.js';
import { waitForState, type PlacedOrder } from './order-desk.js';
import { deliver } from './parcels.js';
import type { World } from './world.js';

/** What stands in an order's timeline of these types, in its order. */
export const recorded = <Type extends FactType>(
  { handle, world }: PlacedOrder,
  ...types: readonly Type[]
): (RecordedFact & FactOf<Type>)[] =>
  (world.timelines.get(handle.workflowId) ?? []).filter(
    (fact): fact is RecordedFact & FactOf<Type> =>
      (types as readonly Fact['type'][]).includes(fact.type),
  );

/** What a provider was asked for by this call, each time. */
export const requestsOf = ({ asked }: World, call: string): unknown[] =>
  asked.filter(({ name }) => name === call).map(({ request }) => request);

/** The order comes to the hand-over, and then all its parcels arrive. @param parcels how many */
export async function isDelivered(order: PlacedOrder, parcels = 1): Promise<void> {
  await waitForState(order.handle, { stage: 'hand_over' });
  await deliver(order, ...Array.from({ length: parcels }, (_, index) => index));
  expect(await order.handle.result()).toMatchObject({ status: 'delivered', needsAttention: false });
}

/** The order ends rejected for this reason, and its buyer is told. */
export async function isRejected(order: PlacedOrder, reason: string): Promise<void> {
  expect(await order.handle.result()).toMatchObject({
    status: 'rejected',
    fulfillmentStatus: 'none',
    needsAttention: false,
  });
  expect(recorded(order, 'order.rejected')).toMatchObject([{ reason }]);
  expect(order.world.calls).toContain('rejection');
}
