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
  /** When it was given up. */
  readonly diedAt: Date;
  /** Later events of the order that wait behind it. */
  readonly heldBack: number;
}

/** Who decided about a letter; `by` is an opaque name. */
export interface Replay {
  readonly by: string;
}
interface Discard extends Replay {
  readonly reason: string;
}

/**
 * What a decision about one letter did. `already`: the same was decided before, and nothing has
 * changed. `refused`: the other was decided before. `unknown`: there is no letter of that id.
 */
export type LetterOutcome =
  | { readonly kind: 'done' | 'already' }
  | {
      readonly kind: 'refused';
      readonly because: 'discarded' | 'being_replayed' | 'settled' | 'unpublished';
    }
  | { readonly kind: 'unknown' };

/** Where dead letters lie. Several stand behind one another on `/v1/dead-letters`. */
export interface DeadLetterSource {
  /** Of all ids of its letters, such as `dlt`. */
  readonly prefix: string;
  /** Those that nobody has decided about yet, by id; at most `limit` with an id above `after`. */
  list(
    database: Database,
    filter: { readonly consumer?: string | undefined; readonly orderId?: OrderId | undefined },
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<readonly DeadLetter[]>;
  /** Tries the event again at once, with all its attempts. */
  replay(database: Database, id: string, replay: Replay): Promise<LetterOutcome>;
  /** @returns how many letters are tried again; at most `limit` of them at a time */
  replayAll(
    database: Database,
    filter: { readonly consumer?: string | undefined },
    replay: Replay & { readonly limit: number },
  ): Promise<number>;
  /** Gives the event up for good, so that the later ones of its order go on. */
  discard(database: Database, id: string, discard: Discard): Promise<LetterOutcome>;
}
