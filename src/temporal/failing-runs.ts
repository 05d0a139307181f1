import type { Client } from '@temporalio/client';
import { orderWorkflowType, returnWorkflowType } from '../workflows/messages.js';

/** A run whose workflow task keeps failing. */
export interface FailingRun {
  readonly workflowId: string;
  readonly runId: string;
}

export interface TaskFailure {
  /** Another one for each row of failures. */
  readonly eventId: string;
  readonly error: string;
}

const pageSize = 500;

/** Running orders and returns that have the attribute which the server sets after some failed tasks in a row. */
export async function listFailing(
  client: Client,
  taskQueue: string,
  limit: number,
): Promise<readonly FailingRun[]> {
  const query = [
    `WorkflowType IN ('${orderWorkflowType}', '${returnWorkflowType}')`,
    `ExecutionStatus = 'Running'`,
    `TaskQueue = '${taskQueue}'`,
    'TemporalReportedProblems IS NOT NULL',
  ].join(' AND ');
  const runs: FailingRun[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query, pageSize })) {
    runs.push({ workflowId, runId });
    if (runs.length >= limit) break;
  }
  return runs;
}

/** The server stores only the first failure of a row; messages that came since stand behind it. */
const eventsRead = 50;
const errorLength = 500;

/** Why the run's newest finished workflow task failed; undefined when it did not. */
export async function lastTaskFailure(
  client: Client,
  execution: FailingRun,
): Promise<TaskFailure | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution,
    maximumPageSize: eventsRead,
  });
  for (const event of history?.events ?? []) {
    const eventId = String(event.eventId);
    if (event.workflowTaskCompletedEventAttributes) return undefined;
    if (event.workflowTaskTimedOutEventAttributes) {
      return { eventId, error: 'The workflow task timed out: no worker answered in time.' };
    }
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed) return { eventId, error: (failed.failure?.message ?? '').slice(0, errorLength) };
  }
  return { eventId: 'unknown', error: 'Its last events do not show why.' };
}
