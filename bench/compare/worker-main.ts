import { pathToFileURL } from 'node:url';
import { createActivities } from '../../src/activities/index.js';
import { workerConfig } from '../../src/config.js';
import { workflowBundlePath } from '../../src/workers/workflow-bundle.js';
import { startBenchWorker } from '../harness/worker.js';
import { failing, whenAppended } from './failpoints/failing.js';
import { failpointsOf } from './failpoints/failpoints.js';

const failpoints = failpointsOf(workerConfig().STRIPE_API_URL);

/** The service's own worker, which may die at any call. */
await startBenchWorker(pathToFileURL(workflowBundlePath), (ports) =>
  createActivities(failing(ports, failpoints, whenAppended)),
);
