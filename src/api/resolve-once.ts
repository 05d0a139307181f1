import { closeAttention, findAttention, type AttentionRecord } from '../db/attention.js';
import type { Database } from '../db/database.js';
import { lockOrder } from '../db/order-facts.js';
import type { AttentionChoice } from '../domain/attention.js';

/** What a person decides about an item. */
export interface Resolution {
  readonly choice: AttentionChoice;
  readonly by: string;
  readonly note: string;
}

/** `too_late`: what was chosen cannot be done any more, and nothing has changed. */
export type ItemAnswer =
  { readonly kind: 'closed'; readonly item: AttentionRecord } | { readonly kind: 'too_late' };

/**
 * Closes an item of an order that no workflow leads, with all that follows from it, in one transaction.
 * Of several people at once one decides.
 * @param act does what was chosen; false when that cannot be done any more, and it has changed nothing
 */
export const resolveOnce = (
  database: Database,
  { id, orderId }: AttentionRecord,
  resolution: Resolution,
  act: (transaction: Database) => Promise<boolean>,
): Promise<ItemAnswer> =>
  database.transaction().execute(async (transaction): Promise<ItemAnswer> => {
    await lockOrder(transaction, orderId);
    const now = await findAttention(transaction, id);
    if (now !== undefined && now.resolvedAt !== null) return { kind: 'closed', item: now };
    if (!(await act(transaction))) return { kind: 'too_late' };
    const item = await closeAttention(transaction, id, resolution);
    return item === undefined ? { kind: 'too_late' } : { kind: 'closed', item };
  });
