import type { Ports } from '../../src/activities/ports.js';
import { servicesConfig } from '../../src/config.js';
import { createLogger } from '../../src/logger.js';
import { runRole } from '../../src/role.js';
import { startServices } from '../../src/workers/services.js';
import { failing, whenVisible } from './failpoints/failing.js';
import { failpointsOf } from './failpoints/failpoints.js';

const stopLimitMs = 15_000;

/** The service's own services of the choreography, which may die at any call. */
await runRole(
  () => createLogger('services', servicesConfig().LOG_LEVEL),
  (log) => {
    const config = servicesConfig();
    const failpoints = failpointsOf(config.STRIPE_API_URL);
    const committed = whenVisible(config.DATABASE_URL);
    const around = <SomePorts extends Ports>(ports: SomePorts) =>
      failing(ports, failpoints, committed);
    return Promise.resolve(startServices({ config, log, around }));
  },
  stopLimitMs,
);
