import { writeFile } from 'node:fs/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { sharedEnvironment } from '../support/environment.js';
import { orderWorker } from '../support/order-worker.js';
import { World } from '../support/world.js';
import { endings } from './endings/index.js';
import { historyFile } from './histories.js';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await sharedEnvironment();
});
afterAll(() => environment.teardown());

test.each(Object.entries(endings))('records %s', async (name, ending) => {
  const world = new World();
  ending.world?.(world);
  const { worker, start } = await orderWorker(environment, world);
  await worker.runUntil(async () => {
    const handle = await start(ending.input);
    await ending.act?.(handle);
    await handle.result().catch(() => undefined);
    const history = withoutTraces(historyToJSON(await handle.fetchHistory()));
    expect(history.length).toBeGreaterThan(1_000);
    await writeFile(historyFile(name), `${history}\n`);
  });
});

/** Where something was recorded, and by which process, is nobody's business and no replay's. */
function withoutTraces(history: string): string {
  const replaced: Readonly<Record<string, string>> = { stackTrace: '', identity: 'recorder' };
  const parsed: unknown = JSON.parse(history, (key, value: unknown) => replaced[key] ?? value);
  return JSON.stringify(parsed, null, 2);
}
