import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Ports } from '../src/activities/ports.js';
import { temporalConnection } from '../src/api/temporal-connection.js';
import { workerConfig, type WorkerConfig } from '../src/config.js';
import { openDatabase } from '../src/db/database.js';
import { createLogger } from '../src/logger.js';
import { runRole, type RunningRole } from '../src/role.js';
import { createPorts } from '../src/workers/ports.js';
import { installTemporalRuntime } from '../src/workers/temporal-runtime.js';

export interface BenchWorker {
  /** As bench/build.mjs wrote it. */
  readonly workflowBundle: URL;
  readonly activitiesOf: (ports: Ports) => object;
}

const stopLimitMs = 25_000;

/** A worker process with the settings of src/workers/worker.ts, so that only the saga differs. */
export const startBenchWorker = (bench: BenchWorker): Promise<void> =>
  runRole(
    () => createLogger('bench-worker', workerConfig().LOG_LEVEL),
    (log) => {
      const config = workerConfig();
      installTemporalRuntime(config, log);
      return start(config, bench);
    },
    stopLimitMs,
  );

async function start(config: WorkerConfig, bench: BenchWorker): Promise<RunningRole> {
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
  });
  const outside = createPorts(config, database);
  const { connectionOptions } = temporalConnection(config);
  const connection = await NativeConnection.connect(connectionOptions);
  const worker = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
    workflowBundle: { codePath: fileURLToPath(bench.workflowBundle) },
    activities: bench.activitiesOf(outside.ports),
    maxCachedWorkflows: config.WORKER_MAX_CACHED_WORKFLOWS,
    maxConcurrentWorkflowTaskExecutions: config.WORKER_MAX_WORKFLOW_TASKS,
    stickyQueueScheduleToStartTimeout: 3_000,
    shutdownGraceTime: config.WORKER_SHUTDOWN_GRACE_MS,
    shutdownForceTime: config.WORKER_SHUTDOWN_GRACE_MS + 5_000,
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 8 },
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 3, maximum: 20 },
  });
  const ended = worker.run().finally(async () => {
    await connection.close();
    outside.close();
    await database.destroy();
  });
  return {
    ended,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
