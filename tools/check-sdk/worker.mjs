/** An ordinary worker, in a process of its own so that it can be stopped: `worker.mjs ADDRESS QUEUE`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';

const [address, taskQueue] = process.argv.slice(2);
// Of the core only its errors: one of them is the first sign of a lost event.
const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter } },
});
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowsPath: fileURLToPath(new URL('workflow.mjs', import.meta.url)),
  activities: { step: () => sleep(400) },
});
// Whoever started this process has ended.
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
await worker.run();
