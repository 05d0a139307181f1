import { connectTemporal } from '../../src/api/order-workflows.js';
import { relayConfig } from '../../src/config.js';
import { openDatabase } from '../../src/db/database.js';
import { createLogger } from '../../src/logger.js';
import { runRole } from '../../src/role.js';
import { relayRound } from '../../src/workers/relay.js';
import { repeat } from '../../src/workers/repeat.js';

const stopLimitMs = 10_000;

/**
 * The relay without the event log: it starts orders and tells webhooks, and publishes nothing. For
 * arms of which nobody hears events, or that publish them in a way of their own.
 */
await runRole(
  () => createLogger('relay', relayConfig().LOG_LEVEL),
  (log) => {
    const config = relayConfig();
    const database = openDatabase({
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      onIdleError: (error) => {
        log.warn({ err: error }, 'a database connection was lost');
      },
    });
    const workflows = connectTemporal(config);
    const rounds = repeat(() => relayRound({ database, workflows, log }), config.RELAY_INTERVAL_MS);
    return Promise.resolve({
      stop: async () => {
        await rounds.stop();
        await workflows.close();
        await database.destroy();
      },
    });
  },
  stopLimitMs,
);
