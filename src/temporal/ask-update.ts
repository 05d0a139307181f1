import { setTimeout as pause } from 'node:timers/promises';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import type { OrderSummary } from '../workflows/messages.js';

export interface Ask<Result, Argument> {
  readonly definition: UpdateDefinition<Result, [Argument]>;
  readonly argument: Argument;
  /** The same id asks the same workflow only once. */
  readonly updateId: string;
  /** The type of the failures by which this update is refused. */
  readonly refusedType: string;
}

export type UpdateAnswer<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** The workflow took the request and has not answered yet. */
  | { readonly kind: 'in_progress' }
  /** Not at this stage of the order, or not by this choice; nothing was changed. */
  | { readonly kind: 'refused'; readonly reason?: string; readonly summary?: OrderSummary }
  /** The workflow has ended, or was never started. */
  | { readonly kind: 'gone' }
  /** Unknown: the workflow may still take it. The same update id asks only once. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** The server's failure type of a task that ended before the update was processed. */
const unprocessedType = 'UnprocessedUpdate';
/** The server's failure type of an accepted update whose workflow ended without an answer. */
const endedMeanwhileType = 'AcceptedUpdateCompletedWorkflow';
const askAgainAfterMs = 100;

/**
 * Asks a workflow and waits for its answer, as long as the caller's deadline allows. An update that a
 * lost workflow task left unprocessed is asked again under the same id. No other failure counts as
 * `gone`: the caller then acts in the workflow's place.
 */
export async function askUpdate<Result, Argument>(
  handle: WorkflowHandle,
  ask: Ask<Result, Argument>,
): Promise<UpdateAnswer<Result>> {
  let accepted = false;
  try {
    const update = await handle.startUpdate(ask.definition, {
      args: [ask.argument],
      updateId: ask.updateId,
      waitForStage: WorkflowUpdateStage.ACCEPTED,
    });
    accepted = true;
    return { kind: 'done', result: await update.result() };
  } catch (error) {
    // After the deadline the next call fails at once with a timeout.
    if (failureIn(error)?.type !== unprocessedType) return answerTo(error, accepted, ask);
    await pause(askAgainAfterMs);
    return askUpdate(handle, ask);
  }
}

function answerTo(
  error: unknown,
  accepted: boolean,
  { refusedType }: Pick<Ask<unknown, unknown>, 'refusedType'>,
): UpdateAnswer<never> {
  if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
  const failure = failureIn(error);
  if (failure?.type === endedMeanwhileType) return { kind: 'gone' };
  if (failure?.type === refusedType) {
    return { kind: 'refused', reason: failure.message, ...summaryIn(failure) };
  }
  const isAnswered = error instanceof WorkflowUpdateFailedError;
  if (accepted && !isAnswered) return { kind: 'in_progress' };
  return { kind: 'unavailable', cause: isAnswered ? error.cause : error };
}

const failureIn = (error: unknown): ApplicationFailure | undefined =>
  error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure
    ? error.cause
    : undefined;

/** The order's state, where a refusal has it. */
function summaryIn({ details }: ApplicationFailure): { readonly summary?: OrderSummary } {
  const [summary] = (details ?? []) as (OrderSummary | undefined)[];
  return summary === undefined ? {} : { summary };
}
