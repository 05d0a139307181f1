import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  cancelOrderUpdate,
  cancelRefusedType,
  type CancelRequest,
  type OrderSummary,
} from '../workflows/messages.js';

export type CancelAnswer =
  | { readonly kind: 'ended'; readonly summary: OrderSummary }
  /** The workflow took the request and is undoing what it did. */
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'refused' }
  /** The workflow has ended, or was never started: the order's row knows. */
  | { readonly kind: 'gone' }
  /** Nobody answered in time: it may be taken still. The same update id asks only once. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** Asks the workflow and waits for the end of its answer, as long as the caller's deadline allows. */
export async function cancelThrough(
  handle: WorkflowHandle,
  request: CancelRequest,
  updateId: string,
): Promise<CancelAnswer> {
  let accepted = false;
  try {
    const update = await handle.startUpdate(cancelOrderUpdate, {
      args: [request],
      updateId,
      waitForStage: WorkflowUpdateStage.ACCEPTED,
    });
    accepted = true;
    return { kind: 'ended', summary: await update.result() };
  } catch (error) {
    return answerTo(error, accepted);
  }
}

function answerTo(error: unknown, accepted: boolean): CancelAnswer {
  if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
  if (error instanceof WorkflowUpdateFailedError) {
    return isRefusal(error.cause) ? { kind: 'refused' } : { kind: 'gone' };
  }
  return accepted ? { kind: 'in_progress' } : { kind: 'unavailable', cause: error };
}

const isRefusal = (cause: unknown): boolean =>
  cause instanceof ApplicationFailure && cause.type === cancelRefusedType;
