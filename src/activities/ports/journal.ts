import type { Fact, RecordedFact } from '../../domain/facts.js';
import type { OrderId } from '../../domain/ids.js';
import type { OrderState } from '../../domain/order-state.js';

/** One change of an order, written whole or not at all, at most once for its key. */
export interface Entry {
  readonly orderId: OrderId;
  /** Names the change within its order: a step's name, a message's id. A second write is a no-op. */
  readonly key: string;
  readonly facts: readonly Fact[];
  /** Given when the facts change the state: the state after them, and its place in their order. */
  readonly change?: { readonly revision: number; readonly state: OrderState };
}

/** What stands on record once an entry was written. */
export interface Written {
  /** As they stand in the timeline: those of the first writer, if the key was known already. */
  readonly facts: readonly RecordedFact[];
  /**
   * The place of the change that the order's row shows. Another one than the entry's own: the row
   * was left as it was, because the key was known or a later change of the same phase was there.
   */
  readonly rowRevision: number;
}

export interface Journal {
  /**
   * Appends to the timeline and the outbox and updates the order's row, in one transaction.
   * @throws ProviderRefused when the order has begun to be undone since (a late attempt is fenced).
   */
  append(entry: Entry): Promise<Written>;
  /** What stands in the order's timeline under the key; nothing where nobody wrote anything yet. */
  find(orderId: OrderId, key: string): Promise<readonly RecordedFact[]>;
}
