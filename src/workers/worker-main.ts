import { workerConfig } from '../config.js';
import { migrateToLatest } from '../db/migrate.js';
import { createLogger } from '../logger.js';
import { runRole } from '../role.js';
import { installTemporalRuntime } from './temporal-runtime.js';
import { scheduleReconciliation } from './reconciliation-schedule.js';
import { startWorker } from './worker.js';

const stopLimitMs = 25_000;

await runRole(
  () => createLogger('worker', workerConfig().LOG_LEVEL),
  async (log) => {
    const config = workerConfig();
    installTemporalRuntime(config, log);
    await migrateToLatest(config.DATABASE_URL);
    const worker = await startWorker(config, log);
    await scheduleReconciliation(config, log);
    return worker;
  },
  stopLimitMs,
);
