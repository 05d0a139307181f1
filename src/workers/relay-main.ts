import { connectTemporal } from '../api/order-workflows.js';
import { relayConfig, type RelayConfig } from '../config.js';
import { openDatabase } from '../db/database.js';
import { migrateToLatest } from '../db/migrate.js';
import { createLogger, type Logger } from '../logger.js';
import { runRole, type RunningRole } from '../role.js';
import { relayRound } from './relay.js';
import { repeat } from './repeat.js';

const stopLimitMs = 10_000;

await runRole(
  () => createLogger('relay', relayConfig().LOG_LEVEL),
  (log) => startRelay(relayConfig(), log),
  stopLimitMs,
);

async function startRelay(config: RelayConfig, log: Logger): Promise<RunningRole> {
  await migrateToLatest(config.DATABASE_URL);
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    onIdleError: (error) => {
      log.warn({ err: error }, 'a database connection was lost');
    },
  });
  const workflows = connectTemporal(config);
  const rounds = repeat(() => relayRound({ database, workflows, log }), config.RELAY_INTERVAL_MS);
  return {
    stop: async () => {
      await rounds.stop();
      await workflows.close();
      await database.destroy();
    },
  };
}
