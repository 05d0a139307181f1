import { fileURLToPath } from 'node:url';
import { workerConfig } from '../../src/config.js';
import { createLogger } from '../../src/logger.js';
import { runRole } from '../../src/role.js';
import { installTemporalRuntime } from '../../src/workers/temporal-runtime.js';
import { startWorker, type Saga } from '../../src/workers/worker.js';

const stopLimitMs = 25_000;

/** Only the saga differs from the service. @param workflowBundle as bench/build.mjs wrote it */
export const startBenchWorker = (
  workflowBundle: URL,
  activitiesOf: Saga['activitiesOf'],
): Promise<void> =>
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
