import type { SentCancel } from '../cancel.js';

/** What became of a cancel. */
export type CancelFate = 'cancelled' | 'refused' | 'waits for a person' | 'unanswered' | 'lost';

interface Outcome {
  /** The order's status in its row. */
  readonly status: string;
  /** The types of its facts. */
  readonly facts: readonly string[];
  /** What waits for a person. */
  readonly waits: readonly string[];
}

/** A cancel that was taken must show: as the order's end, as a refusal, or as work for a person. */
export function fateOf({ answer }: SentCancel, { status, facts, waits }: Outcome): CancelFate {
  if (status === 'cancelled') return 'cancelled';
  if (answer === 'unanswered') return 'unanswered';
  if (answer !== 'taken' || facts.includes('order.cancel_refused')) return 'refused';
  const isKnown = facts.includes('order.cancel_requested');
  return isKnown && waits.length > 0 ? 'waits for a person' : 'lost';
}
