import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import type { OpenWorkflows, WorkflowStatus } from '../activities/reconciliation-ports.js';
import { ProviderUnavailable } from '../domain/failures.js';
import { orderWorkflowType } from '../workflows/messages.js';

const listLimitMs = 15_000;
const describeLimitMs = 5_000;

/** The order workflows of one task queue, as Temporal shows them. */
export const temporalOpenWorkflows = (client: Client, taskQueue: string): OpenWorkflows => ({
  between: (after, throughId, limit) =>
    within(client, listLimitMs, async () => {
      const query = [
        `WorkflowType = '${orderWorkflowType}'`,
        `ExecutionStatus = 'Running'`,
        `TaskQueue = '${taskQueue}'`,
        `WorkflowId > '${after}'`,
        ...(throughId === undefined ? [] : [`WorkflowId <= '${throughId}'`]),
      ].join(' AND ');
      const ids: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query, pageSize: limit })) {
        ids.push(workflowId);
        if (ids.length >= limit) break;
      }
      return ids;
    }),

  statusOf: (orderId) =>
    within(client, describeLimitMs, async () => {
      try {
        const { status } = await client.workflow.getHandle(orderId).describe();
        return statuses[status.name];
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'missing';
        throw error;
      }
    }),
});

const statuses: Readonly<Record<WorkflowExecutionStatusName, WorkflowStatus>> = {
  RUNNING: 'running',
  PAUSED: 'running',
  CONTINUED_AS_NEW: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  UNSPECIFIED: 'running',
  UNKNOWN: 'running',
};

async function within<T>(client: Client, limitMs: number, call: () => Promise<T>): Promise<T> {
  try {
    return await client.connection.withDeadline(Date.now() + limitMs, call);
  } catch (error) {
    throw new ProviderUnavailable(error instanceof Error ? error.message : String(error));
  }
}
