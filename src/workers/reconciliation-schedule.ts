import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { WorkerConfig } from '../config.js';
import type { Logger } from '../logger.js';
import { temporalClient } from '../temporal/client.js';

/** What `temporal schedule trigger --schedule-id reconciliation` starts a run by. */
export const reconciliationScheduleId = 'reconciliation';
const reconciliationWorkflowType = 'reconcile';

const callLimitMs = 10_000;
const settlePauseMs = 50;

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
    try {
      await client.schedule.create(optionsOf(taskQueue, intervalMs));
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await adjust(client, taskQueue, intervalMs);
    }
  });

/**
 * A description may be behind what was said to the schedule a moment ago. So each change bears the mark
 * of the description that it comes from, which the server compares, and is over when it can be seen;
 * the SDK's own update writes back whatever pause it happened to read. The deadline ends the tries.
 */
async function adjust(client: Client, taskQueue: string, intervalMs: number): Promise<void> {
  const handle = client.schedule.getHandle(reconciliationScheduleId);
  for (;;) {
    const { spec, action, raw } = await handle.describe();
    const everyMs = spec.intervals?.[0]?.every ?? 0;
    if (everyMs === intervalMs && action.taskQueue === taskQueue) return;
    await client.workflowService.updateSchedule({
      namespace: client.options.namespace,
      scheduleId: reconciliationScheduleId,
      schedule: adjusted(raw.schedule, taskQueue, intervalMs),
      conflictToken: raw.conflictToken ?? null,
      identity: client.options.identity,
      requestId: randomUUID(),
    });
    await sleep(settlePauseMs);
  }
}

type RawSchedule = ScheduleDescription['raw']['schedule'];

const adjusted = (schedule: RawSchedule, taskQueue: string, intervalMs: number) => ({
  ...schedule,
  spec: intervalMs === 0 ? {} : { interval: [{ interval: msToTs(intervalMs) }] },
  action: {
    ...schedule?.action,
    startWorkflow: { ...schedule?.action?.startWorkflow, taskQueue: { name: taskQueue } },
  },
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
