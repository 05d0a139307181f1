import type { AttentionRecord } from '../db/attention.js';
import type { Database } from '../db/database.js';
import { deadLetterOf, resolveCompensation } from '../db/dead-lettered.js';
import { deadLetteredIn, undoneCompensation } from '../domain/dead-lettered.js';
import type { LetterOutcome } from '../events/dead-letters.js';
import { parkedLetters } from '../events/parked-letters.js';
import { resolveOnce, type ItemAnswer, type Resolution } from './resolve-once.js';

/**
 * Applies a person's decision about a service's dead letter: it is replayed or discarded. A compensation
 * that was done by hand, or waived, counts as resolved, so that the order continues to compensate.
 * @returns `too_late` when the event is being retried, or was discarded, already
 */
export const resolveDeadLetter = (
  database: Database,
  item: AttentionRecord,
  resolution: Resolution,
): Promise<ItemAnswer> =>
  resolveOnce(database, item, resolution, async (transaction) => {
    const { orderId, subject } = item;
    const deadLettered = deadLetteredIn(subject);
    const letterId = await deadLetterOf(transaction, orderId, deadLettered);
    if (letterId === undefined) return false;
    const { kind } = await decide(transaction, letterId, resolution);
    if (kind !== 'done') return false;
    const undo = undoneCompensation(deadLettered);
    if (undo !== undefined && resolution.choice !== 'retry') {
      const result = resolution.choice === 'mark_done' ? 'marked_done' : 'waived';
      await resolveCompensation(transaction, orderId, undo, result);
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
