import { CancellationScope, sleep } from '@temporalio/workflow';

/**
 * Waits until what an update said stands in the history, before anything is done about it. An update
 * is forgotten with its workflow task when the task is lost, or when the order ends in it and the
 * server has news; what a quick try did in the same task stays done. A timer ends the task.
 * See docs/decisions/0015.
 */
export const onRecord = (): Promise<void> =>
  CancellationScope.nonCancellable(() => sleep(1, { summary: 'put on record what was said' }));
