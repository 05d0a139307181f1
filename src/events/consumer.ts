import type { RawBuilder, Transaction } from 'kysely';
import type { OrderEvent } from './order-event.js';

/** Somebody who acts on events: has them in the order of each order id, each once in effect. */
export interface Consumer {
  /** Also the name of its consumer group: the copies of one consumer share the events. */
  readonly name: string;
  /**
   * Which events it wants, as a condition on the row `e` of the log; all of them without one. What it
   * does not want, it has read: an event that is wanted later than it was read is never seen.
   */
  readonly filter?: RawBuilder<unknown>;
  /**
   * Puts the events into effect, in their order. What is written in the transaction is undone when this
   * throws; the events then come again one by one, and one that is refused again and again becomes a
   * dead letter which holds back the later events of its own order.
   * @throws ConsumerUnavailable when no event can be taken at the moment, whichever it is
   */
  apply(transaction: Transaction<unknown>, events: readonly OrderEvent[]): Promise<void>;
  /** Called in the transaction in which an event of its becomes a dead letter. */
  onDeadLetter?(transaction: Transaction<unknown>, event: OrderEvent): Promise<void>;
  /**
   * Called in the transaction in which an event that was put aside is done with: it is in effect, or
   * left out because a person said so. It may have been a dead letter, or not.
   */
  onResolved?(transaction: Transaction<unknown>, event: OrderEvent): Promise<void>;
}

/** Retried for as long as it takes; no event is to blame. */
export class ConsumerUnavailable extends Error {
  override readonly name = 'ConsumerUnavailable';
}
