import type { AttentionChoice, AttentionReason } from '../../src/domain/attention.js';
import type { FactOf } from '../../src/domain/facts.js';
import type { AttentionId } from '../../src/domain/ids.js';
import { resolveAttentionUpdate } from '../../src/workflows/messages.js';
import type { PlacedOrder } from './order-desk.js';
import { waitFor } from './wait-for.js';

type Raised = FactOf<'attention.raised'> & { readonly id: AttentionId };

/** The items that were raised for this reason, the first one first. */
export const itemsOf = ({ handle, world }: PlacedOrder, reason: AttentionReason): Raised[] =>
  (world.timelines.get(handle.workflowId) ?? []).filter(
    (fact): fact is typeof fact & Raised =>
      fact.type === 'attention.raised' && fact.reason === reason && fact.id !== undefined,
  );

/** Waits for an item of this reason. @param index counts those that were raised before it */
export const openItem = (order: PlacedOrder, reason: AttentionReason, index = 0): Promise<Raised> =>
  waitFor(`attention item ${index} for ${reason}`, () => itemsOf(order, reason)[index] ?? false);

/** What a person decides about an item. */
export const decide = (
  { handle }: PlacedOrder,
  { id }: Raised,
  choice: AttentionChoice,
  by = 'ann',
) =>
  handle.executeUpdate(resolveAttentionUpdate, {
    args: [{ attentionId: id, choice, by, note: 'seen to' }],
  });
