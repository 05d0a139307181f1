import { startBenchWorker } from '../harness/worker.js';

await startBenchWorker(new URL('./workflow-bundle.js', import.meta.url), () => ({}));
