import { startBenchWorker } from '../harness/worker.js';
import { plainActivities } from './activities.js';

await startBenchWorker(new URL('./workflow-bundle.js', import.meta.url), plainActivities);
