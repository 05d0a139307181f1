import { CancelledFailure, condition, isCancellation } from '@temporalio/workflow';
import type { AttentionReason } from '../../domain/attention.js';
import type { OrderLife } from './order-life.js';

/**
 * Waits for something from outside. After `limitMs` of silence a person is asked to look, and the
 * wait goes on; the item closes by itself when the milestone comes after all.
 * @throws CancelledFailure when the order is cancelled first
 */
export async function milestone(
  life: OrderLife,
  isReached: () => boolean,
  limitMs: number,
  overdue: AttentionReason,
  subject: string,
): Promise<void> {
  life.publish();
  if (await reached(isReached, limitMs, `${overdue}: ${subject}`)) return;

  await life.raiseAttention(overdue, subject);
  life.publish();
  await reached(isReached);
  await life.resolveAttention(overdue, subject);
}

/** A milestone that arrives together with a cancel wins: it has happened, the cancel has not. */
async function reached(
  isReached: () => boolean,
  limitMs?: number,
  summary?: string,
): Promise<boolean> {
  try {
    if (limitMs === undefined) await condition(isReached);
    else return await condition(isReached, limitMs, { summary: summary ?? '' });
    return true;
  } catch (error) {
    if (error instanceof CancelledFailure && isCancellation(error) && isReached()) return true;
    throw error;
  }
}
