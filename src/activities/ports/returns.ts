import type { Fact, InspectedLine } from '../../domain/facts.js';
import type { OrderId, ReturnId } from '../../domain/ids.js';
import type { Settlement } from '../../domain/returnable.js';
import type { Written } from './journal.js';

/** One change of a return: facts of its order, and the return's own row. */
export interface ReturnEntry {
  readonly orderId: OrderId;
  readonly returnId: ReturnId;
  /** Names the change within its order, as in {@link Entry}. */
  readonly key: string;
  readonly facts: readonly Fact[];
}

/** What the return's workflow must not carry, or cannot know. */
export interface ReturnBook {
  /** The warehouse that the goods go to: one that sent of them, where that is known. */
  warehouseOf(returnId: ReturnId): Promise<string>;
  /**
   * Writes the facts, the return's row and what they make of the order's row in one transaction,
   * once for each key. No number is given to the change: the order's workflow has ended.
   */
  record(entry: ReturnEntry): Promise<Written>;
  /**
   * Writes what the warehouse found, and decides what is refunded, once for each return: a later call
   * answers like the first.
   */
  settle(request: {
    readonly orderId: OrderId;
    readonly returnId: ReturnId;
    readonly key: string;
    readonly by: string;
    readonly lines: readonly InspectedLine[];
  }): Promise<{ readonly settlement: Settlement } & Written>;
}

export interface Exchanges {
  /**
   * Places an order of what was accepted of a return, at the prices that were paid, once for each
   * return. The relay starts it.
   */
  place(returnId: ReturnId): Promise<OrderId>;
}
