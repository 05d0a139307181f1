import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import type { WorkerConfig } from '../config.js';
import type { Logger } from '../logger.js';
import { temporalClient } from './temporal-client.js';

/** What `temporal schedule trigger --schedule-id reconciliation` starts a run by. */
export const reconciliationScheduleId = 'reconciliation';
const reconciliationWorkflowType = 'reconcile';

const callLimitMs = 10_000;

/** Keeps the schedule. Orders are carried out all the same where that cannot be done now. */
export async function scheduleReconciliation(config: WorkerConfig, log: Logger): Promise<void> {
  const temporal = temporalClient(config);
  const { TEMPORAL_TASK_QUEUE: taskQueue, RECONCILE_INTERVAL_MS: intervalMs } = config;
  try {
    await keepReconciliationSchedule(temporal.client, taskQueue, intervalMs);
  } catch (error) {
    log.warn({ err: error }, 'the schedule of the reconciliation could not be written');
  } finally {
    await temporal.close();
  }
}

/**
 * Sees to it that the schedule is there and as this process is configured. Safe to call from several
 * processes at once; whether somebody paused the schedule is left as it is.
 * @param intervalMs 0: it runs only when it is triggered
 * @throws when Temporal does not answer, or does not allow it
 */
export const keepReconciliationSchedule = (
  client: Client,
  taskQueue: string,
  intervalMs: number,
): Promise<void> =>
  client.connection.withDeadline(Date.now() + callLimitMs, async () => {
    const options = optionsOf(taskQueue, intervalMs);
    try {
      await client.schedule.create(options);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      const { spec, action, policies } = options;
      await client.schedule
        .getHandle(reconciliationScheduleId)
        .update((previous) => ({ ...previous, spec, action, policies }));
    }
  });

const optionsOf = (taskQueue: string, intervalMs: number) =>
  ({
    scheduleId: reconciliationScheduleId,
    spec: intervalMs === 0 ? {} : { intervals: [{ every: intervalMs }] },
    action: {
      type: 'startWorkflow',
      workflowType: reconciliationWorkflowType,
      workflowId: reconciliationScheduleId,
      taskQueue,
      args: [],
      staticSummary: 'Compares our books with those of the providers',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
  }) satisfies ScheduleOptions;
