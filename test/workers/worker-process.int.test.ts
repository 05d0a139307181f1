import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';
import { roleScript } from '../../src/up/roles.js';
import { orderWorkflowType } from '../../src/workflows/messages.js';
import { sharedEnvironment } from '../support/environment.js';
import { anOrderInput } from '../support/order-worker.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { waitFor } from '../support/wait-for.js';

const taskQueue = `process-${randomUUID()}`;
const lines: string[] = [];
let environment: TestWorkflowEnvironment;
let database: TestDatabase;
let worker: ChildProcess;

beforeAll(async () => {
  environment = await sharedEnvironment();
  database = await testDatabase({ migrated: true });
  worker = startWorkerProcess();
  await waitFor(
    'a worker that is ready',
    () => {
      expect(lines.join('\n')).toContain('"msg":"ready"');
    },
    30_000,
  );
});
afterAll(async () => {
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  await environment.teardown();
  await database.drop();
});

/** The worker as it is deployed. Its providers are nowhere, so that no order gets far. */
function startWorkerProcess(): ChildProcess {
  const env = {
    ...inheritedEnvironment(),
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_TASK_QUEUE: taskQueue,
    RECONCILE_INTERVAL_MS: '0',
    WORKER_SHUTDOWN_GRACE_MS: '100',
    WORKER_DEPLOYMENT_NAME: 'orders-of-a-test',
    STRIPE_API_KEY: 'sk_test_x',
    STRIPE_API_URL: 'http://127.0.0.1:9',
    EASYPOST_API_KEY: 'EZTKx',
    EASYPOST_API_URL: 'http://127.0.0.1:9',
    SMTP_URL: 'smtp://127.0.0.1:9',
    ORDER_CODE_SECRET: 'sixteen characters and more',
  };
  const child = spawn(process.execPath, [roleScript('worker')], { env, stdio: 'pipe' });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  return child;
}

const start = (type: string, args: unknown[]) =>
  environment.client.workflow.start(type, { taskQueue, workflowId: randomUUID(), args });

test('the log of the native core is JSON, one object a line', async () => {
  const handle = await start('a type that no worker knows', []);
  const said = await waitFor('the report of the failed task', () => {
    const line = lines.find((candidate) => candidate.includes('Failing workflow task'));
    return JSON.parse(line ?? '') as Record<string, unknown>;
  });
  await handle.terminate();
  expect(said).toMatchObject({ level: 40, role: 'worker', sdkComponent: 'core' });
  for (const line of lines) expect(() => JSON.parse(line) as unknown, line).not.toThrow();
});

test('each order’s history names the build of the worker', async () => {
  const handle = await start(orderWorkflowType, [anOrderInput()]);
  const completed = await waitFor('a completed task', async () => {
    const { events } = await handle.fetchHistory();
    const found = events?.find((event) => event.workflowTaskCompletedEventAttributes);
    expect(found).toBeDefined();
    return found?.workflowTaskCompletedEventAttributes;
  });
  await handle.terminate();
  expect(completed).toMatchObject({
    workerDeploymentName: 'orders-of-a-test',
    workerVersion: { buildId: expect.stringMatching(/^\d+\.\d+\.\d+-[0-9a-f]{12}$/) },
  });
});
