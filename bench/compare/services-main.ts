import type { Ports } from '../../src/activities/ports.js';
import { startServices } from '../../src/workers/services.js';
import { failing, whenVisible } from './failpoints/failing.js';
import { runServices } from './failpoints/failpoints.js';

/** The service's own services of the choreography, which may die at any call. */
await runServices((config, log, failpoints) => {
  const committed = whenVisible(config.DATABASE_URL);
  const around = <SomePorts extends Ports>(ports: SomePorts) =>
    failing(ports, failpoints, committed);
  return Promise.resolve(startServices({ config, log, around }));
});
