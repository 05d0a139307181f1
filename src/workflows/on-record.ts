import { CancellationScope, patched, scheduleActivity, sleep } from '@temporalio/workflow';
import { receipt } from './activity-options.js';
import type { ReceiptActivities } from '../activities/receipt.js';

const what = { summary: 'put on record what was said' };
const activity: keyof ReceiptActivities = 'putOnRecord';

/** Without this mark in its history an order set a timer, which takes a server about a second. */
const byActivity = 'put-on-record-by-activity';

/**
 * Waits until what an update said stands in the history, before anything is done about it. An update
 * is forgotten with its workflow task when the task is lost, or when the order ends in it and the
 * server has news; what a quick try did in the same task stays done. An activity ends the task, and
 * may begin once all that was heard in it is stored. See docs/decisions/0015.
 */
export async function onRecord(): Promise<void> {
  await CancellationScope.nonCancellable(() =>
    patched(byActivity) ? scheduleActivity(activity, [], { ...receipt, ...what }) : sleep(1, what),
  );
}
