import type { WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { refusedType, type OrderSummary } from '../workflows/messages.js';
import { askUpdate, summaryIn } from './ask-update.js';

export type UpdateAnswer<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** The workflow took the request and has not answered yet. */
  | { readonly kind: 'in_progress' }
  /** Not at this stage of the order, or not by this choice; nothing was changed. */
  | { readonly kind: 'refused'; readonly reason: string; readonly summary?: OrderSummary }
  /** The workflow has ended, or was never started. */
  | { readonly kind: 'gone' }
  /** It is not known what became of it: it may be taken still. The same update id asks only once. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** Asks the workflow and waits for its answer, as long as the caller's deadline allows. */
export async function updateThrough<Result, Argument>(
  handle: WorkflowHandle,
  definition: UpdateDefinition<Result, [Argument]>,
  argument: Argument,
  updateId: string,
): Promise<UpdateAnswer<Result>> {
  const asked = await askUpdate(handle, { definition, argument, updateId, refusedType });
  if (asked.kind !== 'refused') return asked;
  return { kind: 'refused', reason: asked.failure.message, ...summaryIn(asked.failure) };
}
