import type { Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';

/** An event that a consumer refused until its attempts ran out. It holds back its own order alone. */
export interface DeadLetter {
  /** A TypeID; its prefix is that of its source. */
  readonly id: string;
  readonly consumer: string;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly orderId: OrderId;
    readonly sequence: number;
  };
  /** What went wrong the last time, in one line, without a stack. */
  readonly error: string;
  readonly attempts: number;
  readonly firstFailedAt: Date;
  /** When its attempts ran out. */
  readonly diedAt: Date;
  /** How many later events of the order are queued behind it. */
  readonly heldBack: number;
}

/** Who decided; `by` is an opaque name. */
export interface Replay {
  readonly by: string;
}
interface Discard extends Replay {
  readonly reason: string;
}

/**
 * `already`: the same was decided before, and nothing has changed. `refused`: the other was decided
 * before. `unknown`: no dead letter has that id.
 */
export type DecisionOutcome =
  | { readonly kind: 'done' | 'already' }
  | {
      readonly kind: 'refused';
      readonly because: 'discarded' | 'being_replayed' | 'settled' | 'unpublished';
    }
  | { readonly kind: 'unknown' };

/** A store of dead letters; `/v1/dead-letters` lists several of them one after the other. */
export interface DeadLetterSource {
  /** The prefix of its ids, such as `dlt`. */
  readonly prefix: string;
  /** The undecided ones, by id; at most `limit` with an id above `after`. */
  list(
    database: Database,
    filter: { readonly consumer?: string | undefined; readonly orderId?: OrderId | undefined },
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<readonly DeadLetter[]>;
  /** Retries the event at once, with all its attempts. */
  replay(database: Database, id: string, replay: Replay): Promise<DecisionOutcome>;
  /** @returns how many are retried; at most `limit` of them at a time */
  replayAll(
    database: Database,
    filter: { readonly consumer?: string | undefined },
    replay: Replay & { readonly limit: number },
  ): Promise<number>;
  /** Skips the event for good, so that the later ones of its order continue. */
  discard(database: Database, id: string, discard: Discard): Promise<DecisionOutcome>;
}
