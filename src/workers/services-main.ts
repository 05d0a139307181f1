import { servicesConfig } from '../config.js';
import { migrateToLatest } from '../db/migrate.js';
import { createLogger } from '../logger.js';
import { runRole } from '../role.js';
import { startServices } from './services.js';

const stopLimitMs = 15_000;

await runRole(
  () => createLogger('services', servicesConfig().LOG_LEVEL),
  async (log) => {
    const config = servicesConfig();
    await migrateToLatest(config.DATABASE_URL);
    return startServices({ config, log });
  },
  stopLimitMs,
);
