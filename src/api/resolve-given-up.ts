import type { AttentionRecord } from '../db/attention.js';
import type { Database } from '../db/database.js';
import { deadLetterOf, resolveUndo } from '../db/dead-letters.js';
import { givenUpIn, undoGivenUp } from '../domain/given-up.js';
import type { LetterOutcome } from '../events/dead-letters.js';
import { parkedLetters } from '../events/parked-letters.js';
import { resolveOnce, type ItemAnswer, type Resolution } from './resolve-once.js';

/**
 * What a person decides about an event that a service has given up: its letter is replayed or
 * discarded, and an undo that was done by hand, or will not be done, counts as settled, so that the
 * order goes on with its way back.
 * @returns `too_late` when the event is being tried again, or left out, already
 */
export const resolveGivenUp = (
  database: Database,
  item: AttentionRecord,
  resolution: Resolution,
): Promise<ItemAnswer> =>
  resolveOnce(database, item, resolution, async (transaction) => {
    const { orderId, subject } = item;
    const givenUp = givenUpIn(subject);
    const letterId = await deadLetterOf(transaction, orderId, givenUp);
    if (letterId === undefined) return false;
    const { kind } = await decide(transaction, letterId, resolution);
    if (kind !== 'done') return false;
    const undo = undoGivenUp(givenUp);
    if (undo !== undefined && resolution.choice !== 'retry') {
      const result = resolution.choice === 'mark_done' ? 'marked_done' : 'waived';
      await resolveUndo(transaction, orderId, undo, result);
    }
    return true;
  });

const decide = (
  transaction: Database,
  letterId: string,
  { choice, by, note }: Resolution,
): Promise<LetterOutcome> =>
  choice === 'retry'
    ? parkedLetters.replay(transaction, letterId, { by })
    : parkedLetters.discard(transaction, letterId, { by, reason: note });
