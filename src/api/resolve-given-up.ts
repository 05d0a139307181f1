import { closeAttention, findAttention, type AttentionRecord } from '../db/attention.js';
import type { Database } from '../db/database.js';
import { deadLetterOf, lockOrder, settleUndo } from '../db/given-up.js';
import type { AttentionChoice } from '../domain/attention.js';
import { givenUpIn, undoGivenUp } from '../domain/given-up.js';
import type { LetterOutcome } from '../events/dead-letters.js';
import { parkedLetters } from '../events/parked-letters.js';

interface Resolution {
  readonly choice: AttentionChoice;
  readonly by: string;
  readonly note: string;
}

/** `busy`: the event is being tried again, or left out, already; nothing has changed. */
export type GivenUpAnswer =
  { readonly kind: 'closed'; readonly item: AttentionRecord } | { readonly kind: 'busy' };

/**
 * What a person decides about an event that a service has given up, all in one transaction: the item is
 * closed, its letter is replayed or discarded, and an undo that was done by hand, or will not be done,
 * counts as settled, so that the order goes on with its way back.
 */
export const resolveGivenUp = (
  database: Database,
  { id, orderId, subject }: AttentionRecord,
  resolution: Resolution,
): Promise<GivenUpAnswer> =>
  database.transaction().execute(async (transaction): Promise<GivenUpAnswer> => {
    await lockOrder(transaction, orderId);
    const now = await findAttention(transaction, id);
    if (now !== undefined && now.resolvedAt !== null) return { kind: 'closed', item: now };
    const givenUp = givenUpIn(subject);
    const letterId = await deadLetterOf(transaction, orderId, givenUp);
    if (letterId === undefined) return { kind: 'busy' };
    const { kind } = await decide(transaction, letterId, resolution);
    if (kind !== 'done') return { kind: 'busy' };
    const undo = undoGivenUp(givenUp);
    if (undo !== undefined && resolution.choice !== 'retry') {
      const result = resolution.choice === 'mark_done' ? 'marked_done' : 'waived';
      await settleUndo(transaction, orderId, undo, result);
    }
    const item = await closeAttention(transaction, id, resolution);
    return item === undefined ? { kind: 'busy' } : { kind: 'closed', item };
  });

const decide = (
  transaction: Database,
  letterId: string,
  { choice, by, note }: Resolution,
): Promise<LetterOutcome> =>
  choice === 'retry'
    ? parkedLetters.replay(transaction, letterId, { by })
    : parkedLetters.discard(transaction, letterId, { by, reason: note });
