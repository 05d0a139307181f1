import { startBenchWorker } from '../harness/worker.js';

await startBenchWorker({
  workflowBundle: new URL('./workflow-bundle.js', import.meta.url),
  activitiesOf: () => ({}),
});
