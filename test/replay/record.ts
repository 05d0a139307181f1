import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { expect, test } from 'vitest';
import { endings, returnEndings } from './endings/index.js';
import { historyFile } from './histories.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

test.each(Object.entries(endings))('records %s', async (name, { input, prepare, act }) => {
  const order = await orders.place(input, prepare);
  await act?.(order);
  await keep(name, order.handle);
});

test.each(Object.entries(returnEndings))('records %s', async (name, { input, act }) => {
  const placed = await orders.placeReturn(input);
  await act?.(placed);
  await keep(name, placed.handle);
});

async function keep(name: string, handle: WorkflowHandle): Promise<void> {
  await handle.result().catch(() => undefined);
  const history = compact(historyToJSON(await handle.fetchHistory()));
  expect(history.length).toBeGreaterThan(1_000);
  await writeFile(historyFile(name), gzipSync(history, { level: 9 }));
}

/** What no replay looks at, and what would only say where and when it was recorded. */
const needless = new Set([
  'identity',
  'stackTrace',
  'taskId',
  'version',
  'requestId',
  'historySizeBytes',
  'meteringMetadata',
  'workerVersion',
  'userMetadata',
  'retryPolicy',
  'scheduleToStartTimeout',
  'heartbeatTimeout',
  'useWorkflowBuildId',
]);

/** Of these a replay compares the name and the place alone. */
const barely = new Set([
  'activityTaskScheduledEventAttributes',
  'workflowTaskScheduledEventAttributes',
]);
const needlessThere = new Set(['input', 'taskQueue']);

/** One event on a line, so that a change of a history can be read. */
function compact(json: string): string {
  const history = JSON.parse(json, (key, value: unknown) => {
    if (needless.has(key)) return undefined;
    return barely.has(key) ? without(value as object) : value;
  }) as { events: object[] };
  const lines = history.events.map((event) => JSON.stringify(event));
  return `{"events":[\n${lines.join(',\n')}\n]}\n`;
}

const without = (attributes: object): object =>
  Object.fromEntries(Object.entries(attributes).filter(([key]) => !needlessThere.has(key)));
