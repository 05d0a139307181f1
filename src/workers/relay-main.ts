import { connectTemporal } from '../api/order-workflows.js';
import { relayConfig, type RelayConfig } from '../config.js';
import { openDatabase } from '../db/database.js';
import { migrateToLatest } from '../db/migrate.js';
import { natsSink } from '../events/nats/sink.js';
import { createTeams, findTeams } from '../events/teams.js';
import { startWebhooks, webhookFanOut, webhookSettings } from '../events/webhooks/index.js';
import { createLogger, type Logger } from '../logger.js';
import { runRole, type RunningRole } from '../role.js';
import { startEventLoops } from './event-loops.js';
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
  const nats = config.NATS_URL === undefined ? undefined : await natsSink(config.NATS_URL);
  const teams = await findTeams();
  await createTeams(database, teams);
  const events = startEventLoops({
    database,
    databaseUrl: config.DATABASE_URL,
    log,
    consumers: [webhookFanOut, ...teams, ...(nats === undefined ? [] : [nats])],
    retentionDays: config.EVENT_LOG_RETENTION_DAYS,
  });
  const webhooks = startWebhooks({ database, log, settings: webhookSettings(config) });
  return {
    stop: async () => {
      await Promise.all([rounds.stop(), events.stop(), webhooks.stop()]);
      await nats?.close();
      await workflows.close();
      await database.destroy();
    },
  };
}
