import { servicesConfig } from '../../../src/config.js';
import { createLogger } from '../../../src/logger.js';
import { runRole } from '../../../src/role.js';
import { failpointsOf } from '../failpoints/failpoints.js';
import { startNaiveServices } from './naive-services.js';

const stopLimitMs = 15_000;

/** THE BAD EXAMPLE: see README.md beside this file. */
await runRole(
  () => createLogger('services', servicesConfig().LOG_LEVEL),
  (log) => {
    const config = servicesConfig();
    return startNaiveServices(config, log, failpointsOf(config.STRIPE_API_URL));
  },
  stopLimitMs,
);
