import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import { refusedType, type OrderSummary } from '../workflows/messages.js';

export type UpdateAnswer<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** The workflow took the request and has not answered yet. */
  | { readonly kind: 'in_progress' }
  /** Not at this stage of the order, or not by this choice; nothing was changed. */
  | { readonly kind: 'refused'; readonly reason: string; readonly summary?: OrderSummary }
  /** The workflow has ended, was never started, or does not know the message. */
  | { readonly kind: 'gone' }
  /** Nobody answered in time: it may be taken still. The same update id asks only once. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** Asks the workflow and waits for its answer, as long as the caller's deadline allows. */
export async function updateThrough<Result, Argument>(
  handle: WorkflowHandle,
  definition: UpdateDefinition<Result, [Argument]>,
  argument: Argument,
  updateId: string,
): Promise<UpdateAnswer<Result>> {
  let accepted = false;
  try {
    const update = await handle.startUpdate(definition, {
      args: [argument],
      updateId,
      waitForStage: WorkflowUpdateStage.ACCEPTED,
    });
    accepted = true;
    return { kind: 'done', result: await update.result() };
  } catch (error) {
    return answerTo(error, accepted);
  }
}

function answerTo(error: unknown, accepted: boolean): UpdateAnswer<never> {
  if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
  if (error instanceof WorkflowUpdateFailedError) return refusalIn(error.cause);
  return accepted ? { kind: 'in_progress' } : { kind: 'unavailable', cause: error };
}

function refusalIn(cause: unknown): UpdateAnswer<never> {
  if (!(cause instanceof ApplicationFailure) || cause.type !== refusedType) return { kind: 'gone' };
  const [summary] = (cause.details ?? []) as (OrderSummary | undefined)[];
  return { kind: 'refused', reason: cause.message, ...(summary && { summary }) };
}
