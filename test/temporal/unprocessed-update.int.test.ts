import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectTemporal, type OrderWorkflows } from '../../src/temporal/order-workflows.js';
import { sharedEnvironment } from '../support/environment.js';
import { anOrderInput } from '../support/order-worker.js';

const taskQueue = `unprocessed-${randomUUID()}`;
/** The number of the command in Temporal's protocol. */
const completeWorkflow = 4;
const pollLimitMs = 20_000;

let environment: TestWorkflowEnvironment;
let workflows: OrderWorkflows;
beforeAll(async () => {
  environment = await sharedEnvironment();
  workflows = connectTemporal({
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_TASK_QUEUE: taskQueue,
  });
});
afterAll(async () => {
  await workflows.close();
  await environment.teardown();
});

/** Carries a workflow task out by hand, without a look at the updates that came with it. */
async function completeTask(commandTypes: readonly number[] = []): Promise<readonly string[]> {
  const { connection, workflowService } = environment.client;
  const queue = { namespace: 'default', identity: 'a worker that loses updates' };
  const task = await connection.withDeadline(Date.now() + pollLimitMs, () =>
    workflowService.pollWorkflowTaskQueue({ ...queue, taskQueue: { name: taskQueue } }),
  );
  await workflowService.respondWorkflowTaskCompleted({
    ...queue,
    taskToken: task.taskToken,
    commands: commandTypes.map((commandType) => ({
      commandType,
      completeWorkflowExecutionCommandAttributes: {},
    })),
  });
  return task.messages.map(({ protocolInstanceId }) => protocolInstanceId ?? '');
}

test('an update that a worker has lost is asked again, and only the end counts as gone', async () => {
  const input = anOrderInput();
  await workflows.start(input);
  await completeTask();
  const request = { requestedBy: 'cus_42', reason: 'changed my mind' };
  const answer = workflows.cancel(input.orderId, request, 'cancel-1');
  expect(await completeTask()).toEqual(['cancel-1']);
  expect(await completeTask([completeWorkflow])).toEqual(['cancel-1']);
  expect(await answer).toEqual({ kind: 'gone' });
});

test('a cancel that no worker takes in time is stored as a signal, and does not count as gone', async () => {
  const input = anOrderInput();
  await workflows.start(input);
  await completeTask();
  const request = { requestedBy: 'cus_42', reason: 'changed my mind' };
  const answer = workflows.cancel(input.orderId, request, 'cancel-1');
  await completeTask();
  expect(await answer).toEqual({ kind: 'in_progress' });
});
