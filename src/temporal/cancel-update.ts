import type { WorkflowHandle } from '@temporalio/client';
import {
  cancelOrderUpdate,
  cancelRefusedType,
  type CancelAnswer,
  type CancelRequest,
  type OrderSummary,
} from '../workflows/messages.js';
import { askUpdate, summaryIn } from './ask-update.js';

export type CancelOutcome =
  | { readonly kind: 'ended'; readonly summary: CancelAnswer }
  /** The workflow took the request and is undoing what it did. */
  | { readonly kind: 'in_progress' }
  /** At once, or after the carrier was asked: the parcel had left. Nothing was undone. */
  | { readonly kind: 'refused'; readonly reason?: string; readonly summary?: OrderSummary }
  /** The workflow has ended, or was never started: the order's row knows. */
  | { readonly kind: 'gone' }
  /** It is not known what became of it: it may be taken still. The same update id asks only once. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** Asks the workflow and waits for the end of its answer, as long as the caller's deadline allows. */
export async function cancelThrough(
  handle: WorkflowHandle,
  request: CancelRequest,
  updateId: string,
): Promise<CancelOutcome> {
  const asked = await askUpdate(handle, {
    definition: cancelOrderUpdate,
    argument: request,
    updateId,
    refusedType: cancelRefusedType,
  });
  if (asked.kind === 'done') return { kind: 'ended', summary: asked.result };
  if (asked.kind !== 'refused') return asked;
  return { kind: 'refused', reason: asked.failure.message, ...summaryIn(asked.failure) };
}
