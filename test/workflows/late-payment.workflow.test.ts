import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { typeid } from 'typeid-js';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createActivities } from '../../src/activities/index.js';
import { connectTemporal, type OrderWorkflows } from '../../src/temporal/order-workflows.js';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import { sharedEnvironment } from '../support/environment.js';
import { Fakes } from '../support/fakes.js';
import { workflowBundlePath } from '../support/order-worker.js';

let environment: TestWorkflowEnvironment;
let workflows: OrderWorkflows;
let worker: Worker;
const fakes = new Fakes();
const taskQueue = typeid('queue').toString();

beforeAll(async () => {
  environment = await sharedEnvironment();
  workflows = connectTemporal({
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_TASK_QUEUE: taskQueue,
  });
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle: { codePath: workflowBundlePath },
    activities: createActivities(fakes.ports),
  });
});
afterAll(async () => {
  await workflows.close();
  await environment.teardown();
});

/** Starts it twice, as the receiver of its webhook may. @returns how the starts went */
async function started(orderId: OrderId, paymentId: string): Promise<readonly string[]> {
  const input = { orderId, paymentId };
  return worker.runUntil(async () => {
    const first = await workflows.startLatePayment(input);
    const second = await workflows.startLatePayment(input);
    await environment.client.workflow.getHandle(`late_${paymentId}`).result();
    return [first.kind, second.kind];
  });
}

test('a payment that comes after the end of its order is refunded once, however often it is reported and refused', async () => {
  const orderId = typeid('ord').toString();
  const paymentId = typeid('pi').toString();
  const refunded = () => ({ kind: 'refunded', amount: money(1_780, 'EUR') });
  fakes.script(
    'settleLatePayment',
    () => {
      throw new ProviderUnavailable('payments: no answer');
    },
    () => {
      throw new ProviderRefused('payments: wrong key');
    },
    refunded,
  );
  expect(await started(orderId, paymentId)).toEqual(['started', 'already_started']);
  expect(fakes.calls).toEqual(Array(3).fill('settleLatePayment'));
  expect(fakes.timelines.get(orderId)).toMatchObject([
    { type: 'payment.late', paymentId, settled: 'refunded' },
  ]);
});
