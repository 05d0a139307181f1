import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createActivities } from '../../src/activities/index.js';
import { connectTemporal, type OrderWorkflows } from '../../src/temporal/order-workflows.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { cancelOrderUpdate, carrierEventSignal } from '../../src/workflows/messages.js';
import { sharedEnvironment } from '../support/environment.js';
import { Fakes } from '../support/fakes.js';
import { anOrderInput, workflowBundlePath } from '../support/order-worker.js';
import { waitFor } from '../support/wait-for.js';

const taskQueue = `api-${randomUUID()}`;
const idle = `idle-${randomUUID()}`;
const fakes = new Fakes();
let environment: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
let workflows: OrderWorkflows;
let unattended: OrderWorkflows;

const connect = (queue: string, address = inject('temporalAddress')) =>
  connectTemporal({
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_TASK_QUEUE: queue,
  });

beforeAll(async () => {
  environment = await sharedEnvironment();
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle: { codePath: workflowBundlePath },
    activities: createActivities(fakes.ports),
  });
  running = worker.run();
  workflows = connect(taskQueue);
  unattended = connect(idle);
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await workflows.close();
  await unattended.close();
  await environment.teardown();
});

const handleOf = (orderId: string) => environment.client.workflow.getHandle(orderId);
const request = { requestedBy: 'cus_42', reason: 'changed my mind' };

/** Starts an order and lets it come to the point where it waits for the carrier. */
async function startedOrder() {
  const input = anOrderInput();
  await workflows.start(input);
  await waitFor('the facts', () => {
    expect(fakes.facts(input.orderId)).toContain('payment.captured');
  });
  return input;
}

const report = (orderId: OrderId, milestone: 'handed_over' | 'delivered', to = workflows) =>
  to.signal(orderId, carrierEventSignal.name, {
    eventId: `evt_${milestone}`,
    shipmentId: shipmentIdOf(orderId),
    milestone,
  });
const cancel = (orderId: OrderId, at = workflows, id: string = randomUUID()) =>
  at.update(orderId, cancelOrderUpdate.name, request, id);

describe('starting', () => {
  test('gives the workflow the id of the order, and shows what people look for', async () => {
    const input = anOrderInput();
    expect(await unattended.start(input)).toEqual({ kind: 'started' });
    const description = await handleOf(input.orderId).describe();
    expect(description).toMatchObject({ type: 'order', taskQueue: idle });
    expect(await description.staticSummary()).toBe('1 line, 17.80 EUR');
    const attributes = description.typedSearchAttributes.getAll();
    expect(Object.fromEntries(attributes.map(({ key, value }) => [key.name, value]))).toMatchObject(
      {
        OrderStatus: 'pending',
        CustomerId: 'cus_42',
        OrderTotalMinor: 1780,
        NeedsAttention: false,
      },
    );
  });

  test('twice runs the workflow once', async () => {
    const input = anOrderInput();
    await unattended.start(input);
    expect(await unattended.start(input)).toEqual({ kind: 'already_started' });
  });

  test('does not run an order again that has ended', async () => {
    const input = await startedOrder();
    await cancel(input.orderId);
    await handleOf(input.orderId).result();
    const callsBefore = fakes.calls.length;
    expect(await workflows.start(input)).toEqual({ kind: 'already_started' });
    expect(await handleOf(input.orderId).describe()).toMatchObject({
      status: { name: 'COMPLETED' },
    });
    expect(fakes.calls).toHaveLength(callsBefore);
  });
});

describe('cancelling', () => {
  test('answers how it ended, also when the order has ended', async () => {
    const { orderId } = await startedOrder();
    expect(await cancel(orderId, workflows, 'cancel-1')).toMatchObject({
      kind: 'taken',
      answer: { orderId, status: 'cancelled' },
    });
    await handleOf(orderId).result();
    expect(await cancel(orderId)).toEqual({ kind: 'gone' });
    const same = { kind: 'taken', answer: { orderId, status: 'cancelled' } };
    expect(await cancel(orderId, workflows, 'cancel-1')).toMatchObject(same);
    expect(await workflows.answerOf(orderId, 'cancel-1')).toMatchObject(same);
    expect(await workflows.answerOf(orderId, 'cancel-2')).toEqual({ kind: 'gone' });
  });

  test('is refused after the hand-over', async () => {
    const { orderId } = await startedOrder();
    expect(await report(orderId, 'handed_over')).toEqual({ kind: 'waiting' });
    // The fact is recorded a moment before the workflow itself has moved on.
    await waitFor('a shipped order', async () => {
      expect(await handleOf(orderId).query('status')).toMatchObject({ status: 'shipped' });
    });
    expect(await cancel(orderId)).toMatchObject({
      kind: 'refused',
      summary: { orderId, status: 'shipped' },
    });
  });

  test('says so when the order is still being undone at the deadline', async () => {
    const { orderId } = await startedOrder();
    fakes.always('refundPayment', () => {
      throw new Error('the provider is down');
    });
    expect(await cancel(orderId)).toMatchObject({ kind: 'waiting' });
    fakes.usual('refundPayment');
    await handleOf(orderId).result();
    expect(fakes.facts(orderId)).toContain('order.cancelled');
  });

  test('waits when no worker takes the request in time, and another one was never accepted', async () => {
    const input = anOrderInput();
    await unattended.start(input);
    expect(await cancel(input.orderId, unattended, 'cancel-1')).toMatchObject({ kind: 'waiting' });
    expect(await workflows.answerOf(input.orderId, 'cancel-2')).toEqual({ kind: 'gone' });
  });

  test('finds no workflow of an order that never began', async () => {
    const { orderId } = anOrderInput();
    expect(await cancel(orderId)).toEqual({ kind: 'gone' });
  });
});

test('a signal to a workflow that has ended is gone', async () => {
  const { orderId } = await startedOrder();
  await report(orderId, 'delivered');
  await handleOf(orderId).result();
  expect(await report(orderId, 'delivered')).toEqual({ kind: 'gone' });
});

test('while Temporal is away every call gives up within its limit', async () => {
  const far = connect(taskQueue, '127.0.0.1:1');
  const input = anOrderInput();
  const begin = Date.now();
  const [start, cancelled, signalled, reachable] = await Promise.all([
    far.start(input),
    cancel(input.orderId, far),
    report(input.orderId, 'delivered', far),
    far.reachable(),
  ]);
  const kinds = [start, cancelled, signalled].map(({ kind }) => kind);
  expect([...kinds, reachable]).toEqual(['not_started', 'waiting', 'waiting', false]);
  // The longest limits add up to 6.5 s; without any, gRPC waits for a minute and more.
  expect(Date.now() - begin).toBeLessThan(20_000);
  await far.close();
});

test('a server that answers is reachable', async () => {
  expect(await workflows.reachable()).toBe(true);
});

describe('an update that a worker has lost', () => {
  const lost = `unprocessed-${randomUUID()}`;
  /** The number of the command in Temporal's protocol. */
  const completeWorkflow = 4;
  const pollLimitMs = 20_000;
  const losing = connect(lost);
  afterAll(() => losing.close());

  /** Carries a workflow task out by hand, without a look at the updates that came with it. */
  async function completeTask(commandTypes: readonly number[] = []): Promise<readonly string[]> {
    const { connection, workflowService } = environment.client;
    const worker = { namespace: 'default', identity: 'a worker that loses updates' };
    const task = await connection.withDeadline(Date.now() + pollLimitMs, () =>
      workflowService.pollWorkflowTaskQueue({ ...worker, taskQueue: { name: lost } }),
    );
    await workflowService.respondWorkflowTaskCompleted({
      ...worker,
      taskToken: task.taskToken,
      commands: commandTypes.map((commandType) => ({
        commandType,
        completeWorkflowExecutionCommandAttributes: {},
      })),
    });
    return task.messages.map(({ protocolInstanceId }) => protocolInstanceId ?? '');
  }

  /** Starts an order, and asks to cancel it. @returns the answer to the cancel */
  async function cancelStarted() {
    const input = anOrderInput();
    await losing.start(input);
    await completeTask();
    return { answer: cancel(input.orderId, losing, 'cancel-1') };
  }

  test('is asked again, and only the end of the workflow counts as gone', async () => {
    const { answer } = await cancelStarted();
    expect(await completeTask()).toEqual(['cancel-1']);
    expect(await completeTask([completeWorkflow])).toEqual(['cancel-1']);
    expect(await answer).toEqual({ kind: 'gone' });
  });

  test('waits when no worker takes it in time, and does not count as gone', async () => {
    const { answer } = await cancelStarted();
    await completeTask();
    expect(await answer).toMatchObject({ kind: 'waiting' });
  });
});
