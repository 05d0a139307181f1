import { startBenchWorker } from '../harness/worker.js';
import { plainActivities } from './activities.js';

await startBenchWorker({
  workflowBundle: new URL('./workflow-bundle.js', import.meta.url),
  activitiesOf: plainActivities,
});
