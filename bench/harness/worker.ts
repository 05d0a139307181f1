import { fileURLToPath } from 'node:url';
import { workerConfig } from '../../src/config.js';
import { createLogger } from '../../src/logger.js';
import { runRole } from '../../src/role.js';
import { installTemporalRuntime } from '../../src/workers/temporal-runtime.js';
import { startWorker, type Saga } from '../../src/workers/worker.js';

export interface BenchWorker extends Pick<Saga, 'activitiesOf'> {
  /** As bench/build.mjs wrote it. */
  readonly workflowBundle: URL;
}

const stopLimitMs = 25_000;

/** The service's own worker with another saga, so that only the saga differs. */
export const startBenchWorker = ({ workflowBundle, activitiesOf }: BenchWorker): Promise<void> =>
  runRole(
    () => createLogger('bench-worker', workerConfig().LOG_LEVEL),
    (log) => {
      const config = workerConfig();
      installTemporalRuntime(config, log);
      const workflowBundlePath = fileURLToPath(workflowBundle);
      return startWorker(config, log, { workflowBundlePath, activitiesOf });
    },
    stopLimitMs,
  );
