import { WorkflowNotFoundError } from '@temporalio/client';
import { cancelSignal } from '../../src/workflows/messages.js';
import type { CancelBy } from './plan.js';
import type { Stack } from './stack.js';

/** What whoever cancelled an order was answered. */
type CancelAnswer =
  /** The order has to end as cancelled, or to have the refusal on record. */
  | 'taken'
  /** With the reason in the answer. */
  | 'refused'
  /** A signal has no answer, but Temporal says when there is no open workflow any more. */
  | 'already_ended'
  /** However often it was asked: nobody may be left without an answer. */
  | 'unanswered';

export interface SentCancel {
  readonly by: CancelBy;
  readonly answer: CancelAnswer;
  /** As the API answered; of a signal that was taken 202, which says as much. */
  readonly status?: number;
}

export const sendCancel = (stack: Stack, orderId: string, by: CancelBy): Promise<SentCancel> =>
  by === 'api' ? cancelByApi(stack, orderId) : cancelBySignal(stack, orderId);

async function cancelByApi({ shop }: Stack, orderId: string): Promise<SentCancel> {
  const status = await shop.cancel(orderId).catch(() => undefined);
  if (status === undefined) return { by: 'api', answer: 'unanswered' };
  const answer = status < 300 ? 'taken' : status === 409 ? 'refused' : 'unanswered';
  return { by: 'api', answer, status };
}

/** As `temporal workflow signal --name cancel` does. */
async function cancelBySignal({ client }: Stack, orderId: string): Promise<SentCancel> {
  try {
    const request = { requestedBy: 'operator', reason: 'changed my mind' };
    await client.workflow.getHandle(orderId).signal(cancelSignal, request);
    return { by: 'signal', answer: 'taken', status: 202 };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { by: 'signal', answer: 'already_ended' };
    throw error;
  }
}
