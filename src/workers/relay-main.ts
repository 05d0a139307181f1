import { relayConfig, type RelayConfig } from '../config.js';
import { migrateToLatest } from '../db/migrate.js';
import { natsSink } from '../events/nats.js';
import { createTeams, findTeams } from '../events/teams.js';
import { webhookFanOut } from '../events/webhooks/fan-out.js';
import { startWebhooks } from '../events/webhooks/sender.js';
import { webhookRules } from '../events/webhooks/settings.js';
import { createLogger, type Logger } from '../logger.js';
import { runRole, type RunningRole } from '../role.js';
import { startEventLoops } from '../relay/event-loops.js';
import { startRelayRounds } from '../relay/relay-rounds.js';

const stopLimitMs = 10_000;

await runRole(
  () => createLogger('relay', relayConfig().LOG_LEVEL),
  (log) => startRelay(relayConfig(), log),
  stopLimitMs,
);

async function startRelay(config: RelayConfig, log: Logger): Promise<RunningRole> {
  await migrateToLatest(config.DATABASE_URL);
  const rounds = startRelayRounds(config, log);
  const { database } = rounds;
  const nats = config.NATS_URL === undefined ? undefined : await natsSink(config.NATS_URL);
  const teams = await findTeams();
  await createTeams(database, teams);
  const events = startEventLoops({
    database,
    databaseUrl: config.DATABASE_URL,
    log,
    consumers: [webhookFanOut, ...teams, ...(nats === undefined ? [] : [nats])],
  });
  const webhooks = startWebhooks({
    database,
    log,
    settings: { ...webhookRules(config), scheduleMs: config.WEBHOOK_RETRY_SCHEDULE_MS },
  });
  return {
    stop: async () => {
      await Promise.all([rounds.stop(), events.stop(), webhooks.stop()]);
      await nats?.close();
      await rounds.close();
    },
  };
}
