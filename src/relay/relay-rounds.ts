import { connectTemporal } from '../temporal/order-workflows.js';
import type { RelayConfig } from '../config.js';
import { openDatabase, type Database } from '../db/database.js';
import type { Logger } from '../logger.js';
import { startPollingLoop } from '../runtime/polling-loop.js';
import { relayRound } from './relay-round.js';

export interface RelayRounds {
  readonly database: Database;
  /** Ends the round that runs, and begins no other. */
  stop(): Promise<void>;
  /** Lets go of Temporal and the database, once nobody needs them any more. */
  close(): Promise<void>;
}

/** Starts the orders that were accepted and not started, and tells what webhooks brought. */
export function startRelayRounds(config: RelayConfig, log: Logger): RelayRounds {
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    onIdleError: (error) => {
      log.warn({ err: error }, 'a database connection was lost');
    },
  });
  const workflows = connectTemporal(config);
  const rounds = startPollingLoop({
    round: () => relayRound({ database, workflows, log }).then(() => false),
    pollMs: config.RELAY_INTERVAL_MS,
    onError: (error) => {
      log.warn({ err: error }, 'a round of the relay failed');
    },
  });
  return {
    database,
    stop: () => rounds.stop(),
    close: async () => {
      await workflows.close();
      await database.destroy();
    },
  };
}
