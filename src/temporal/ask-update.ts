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

export type Asked<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** The workflow took the request and has not answered yet. */
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'refused'; readonly failure: ApplicationFailure }
  /** The workflow has ended, or was never started. */
  | { readonly kind: 'gone' }
  /** It is not known what became of it: it may be taken still. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** The server's words for a task that ended without a look at the update: nothing has happened. */
const unprocessedType = 'UnprocessedUpdate';
/** The server's words for an update that was taken, and whose workflow ended without an answer. */
const endedMeanwhileType = 'AcceptedUpdateCompletedWorkflow';
const askAgainAfterMs = 100;

/**
 * Asks a workflow and waits for its answer, as long as the caller's deadline allows. What a lost
 * workflow task left unprocessed is asked again under the same id. Only what is known to have ended
 * counts as gone: whoever took another failure for an ending would act in the workflow's place.
 */
export async function askUpdate<Result, Argument>(
  handle: WorkflowHandle,
  ask: Ask<Result, Argument>,
): Promise<Asked<Result>> {
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
    // After the deadline the next call fails at once, as one that was not answered in time.
    if (failureIn(error)?.type !== unprocessedType) return answerTo(error, accepted, ask);
    await pause(askAgainAfterMs);
    return askUpdate(handle, ask);
  }
}

function answerTo(
  error: unknown,
  accepted: boolean,
  { refusedType }: Pick<Ask<unknown, unknown>, 'refusedType'>,
): Asked<never> {
  if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
  const failure = failureIn(error);
  if (failure?.type === endedMeanwhileType) return { kind: 'gone' };
  if (failure?.type === refusedType) return { kind: 'refused', failure };
  const isAnswered = error instanceof WorkflowUpdateFailedError;
  if (accepted && !isAnswered) return { kind: 'in_progress' };
  return { kind: 'unavailable', cause: isAnswered ? error.cause : error };
}

const failureIn = (error: unknown): ApplicationFailure | undefined =>
  error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure
    ? error.cause
    : undefined;

/** Where a refusal says that its order stands. */
export function summaryIn({ details }: ApplicationFailure): { readonly summary?: OrderSummary } {
  const [summary] = (details ?? []) as (OrderSummary | undefined)[];
  return summary === undefined ? {} : { summary };
}
