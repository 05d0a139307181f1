import type { RawBuilder, Transaction } from 'kysely';
import type { OrderEvent } from './order-event.js';

/** Handles events: those of one order in their sequence, each with one effect. */
export interface Consumer {
  /** Also the name of its consumer group: the copies of one consumer share the events. */
  readonly name: string;
  /**
   * The types of the events that it handles; all of them by default. The group reads past all others:
   * a type that is added later does not bring them back.
   */
  readonly types?: readonly string[];
  /** Which of these, as a condition on the row `e` of the log; only for one that reads the log itself. */
  readonly filter?: RawBuilder<unknown>;
  /**
   * Applies the events in sequence. When this throws, the transaction is rolled back and the events come
   * again one by one; one that keeps failing becomes a dead letter, and the later events of its order
   * are queued behind it.
   * @throws ConsumerUnavailable when no event can be taken at the moment, whichever it is
   */
  apply(transaction: Transaction<unknown>, events: readonly OrderEvent[]): Promise<void>;
  /** Called in the transaction in which an event becomes a dead letter. */
  onDeadLetter?(transaction: Transaction<unknown>, event: OrderEvent): Promise<void>;
  /**
   * Called in the transaction in which a quarantined event is applied, or skipped because a person
   * discarded it. It may have been a dead letter, or not.
   */
  onResolved?(transaction: Transaction<unknown>, event: OrderEvent): Promise<void>;
}

/** One that takes its events from what the relay has read for all. */
export type RelayConsumer = Consumer & { readonly filter?: never };

/** Retried without a limit: the failure is not about any event. */
export class ConsumerUnavailable extends Error {
  override readonly name = 'ConsumerUnavailable';
}
