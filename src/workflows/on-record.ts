import { CancellationScope, patched, proxyActivities, sleep } from '@temporalio/workflow';
import type { ReceiptActivities } from '../activities/receipt.js';
import { receipt } from './activity-options.js';

const summary = 'put on record what was said';
const { putOnRecord } = proxyActivities<ReceiptActivities>({ ...receipt, summary });

/** Without this mark in its history an order set a timer, which takes a server about a second. */
const byActivity = 'put-on-record-by-activity';

/**
 * Waits until what an update said stands in the history, before anything is done about it. An update
 * is forgotten with its workflow task when the task is lost, or when the order ends in it and the
 * server has news; what a quick try did in the same task stays done. An activity ends the task, and
 * may begin once all that was heard in it is stored. See docs/decisions/0015.
 */
export const onRecord = (): Promise<void> =>
  CancellationScope.nonCancellable(() =>
    patched(byActivity) ? putOnRecord() : sleep(1, { summary }),
  );
