import { setTimeout as pause } from 'node:timers/promises';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { cancelRefusedType, refusedType, type OrderSummary } from '../workflows/messages.js';

/** What became of a message to a workflow. */
export type MessageOutcome =
  | { readonly kind: 'taken'; readonly answer: unknown }
  /** Not at this stage of the order, or not by this choice; nothing was changed. */
  | { readonly kind: 'refused'; readonly reason?: string; readonly summary?: OrderSummary }
  /** Its time was over before the workflow took it. */
  | { readonly kind: 'expired' }
  /** Not answered yet. To send it again is safe. @param cause why it did not get through, if so */
  | { readonly kind: 'waiting'; readonly cause?: unknown }
  /** The workflow has ended, or was never started. */
  | { readonly kind: 'gone' };

interface Ask {
  /** The update's name. */
  readonly name: string;
  readonly argument: object;
  /** The same id asks the same workflow only once. */
  readonly updateId: string;
}

/** The server's failure type of a task that ended before the update was processed. */
const unprocessedType = 'UnprocessedUpdate';
/** The server's failure type of an accepted update whose workflow ended without an answer. */
const endedMeanwhileType = 'AcceptedUpdateCompletedWorkflow';
const refusedTypes: readonly unknown[] = [refusedType, cancelRefusedType];
const askAgainAfterMs = 100;

/**
 * Asks a workflow and waits for its answer, as long as the caller's deadline allows. An update that a
 * lost workflow task left unprocessed is asked again under the same id. A workflow that has ended still
 * knows what it answered. No other failure counts as `gone`: the caller then acts in the workflow's place.
 */
export async function askUpdate(handle: WorkflowHandle, ask: Ask): Promise<MessageOutcome> {
  const { name, argument, updateId } = ask;
  try {
    const update = await handle.startUpdate<unknown, [object]>(name, {
      args: [argument],
      updateId,
      waitForStage: WorkflowUpdateStage.ACCEPTED,
    });
    return { kind: 'taken', answer: await update.result() };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return answerOf(handle, updateId);
    // After the deadline the next call fails at once with a timeout.
    if (failureIn(error)?.type !== unprocessedType) return outcomeOf(error);
    await pause(askAgainAfterMs);
    return askUpdate(handle, ask);
  }
}

/** What a workflow answered to an update; `gone` when it never accepted it. */
export async function answerOf(handle: WorkflowHandle, updateId: string): Promise<MessageOutcome> {
  try {
    return { kind: 'taken', answer: await handle.getUpdateHandle<unknown>(updateId).result() };
  } catch (error) {
    return outcomeOf(error);
  }
}

function outcomeOf(error: unknown): MessageOutcome {
  if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
  const failure = failureIn(error);
  if (failure?.type === endedMeanwhileType) return { kind: 'gone' };
  if (refusedTypes.includes(failure?.type)) {
    return { kind: 'refused', reason: failure?.message ?? '', ...summaryIn(failure) };
  }
  return { kind: 'waiting', cause: failure ?? error };
}

const failureIn = (error: unknown): ApplicationFailure | undefined =>
  error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure
    ? error.cause
    : undefined;

/** The order's state, where a refusal has it. */
function summaryIn(failure: ApplicationFailure | undefined): { readonly summary?: OrderSummary } {
  const [summary] = (failure?.details ?? []) as (OrderSummary | undefined)[];
  return summary === undefined ? {} : { summary };
}
