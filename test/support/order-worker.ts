import { fileURLToPath } from 'node:url';
import type { WorkflowHandleWithStartDetails } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { typeid } from 'typeid-js';
import { createActivities } from '../../src/activities/index.js';
import type { OrderId, ShipmentId } from '../../src/domain/ids.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import { nothingToVerify } from '../../src/domain/risk.js';
import { standardServiceLevel, type ServiceLevel } from '../../src/domain/service-level.js';
import type { CarrierMilestone } from '../../src/domain/carrier-report.js';
import type { OrderInput } from '../../src/workflows/messages.js';
import { carrierEventSignal } from '../../src/workflows/messages.js';
import type { order } from '../../src/workflows/order.js';
import type { World } from './world.js';

export type OrderHandle = WorkflowHandleWithStartDetails<typeof order>;

export const workflowBundlePath = fileURLToPath(
  new URL('../../dist/workflow-bundle.js', import.meta.url),
);

/** Input of an order of two packets of tea, 17.80 EUR, of a member. */
export const anOrderInput = (changes: Partial<OrderInput> = {}): OrderInput => ({
  orderId: typeid('ord').toString(),
  customerId: 'cus_42',
  member: true,
  lines: [{ sku: 'TEA-100', quantity: 2, amount: money(1780, 'EUR') }],
  shipping: money(0, 'EUR'),
  total: money(1780, 'EUR'),
  placedAt: new Date().toISOString(),
  policy: defaultPolicy,
  verification: nothingToVerify,
  codeChannel: 'email',
  serviceLevel: standardServiceLevel,
  ...changes,
});

/** Neither another card nor another address is waited for. */
export const noSecondChances: ServiceLevel = {
  ...standardServiceLevel,
  payment: { confirmMs: 0, retryMs: 0 },
  address: { fixMs: 0 },
};

/** A worker whose activities reach the given world, on a task queue of its own. */
export async function orderWorker(
  environment: TestWorkflowEnvironment,
  world: World,
  workflowBundle: WorkflowBundleOption = { codePath: workflowBundlePath },
): Promise<{
  readonly worker: Worker;
  readonly start: (changes?: Partial<OrderInput>) => Promise<OrderHandle>;
}> {
  const taskQueue = typeid('queue').toString();
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle,
    activities: createActivities(world.ports),
  });
  const start = (changes: Partial<OrderInput> = {}): Promise<OrderHandle> => {
    const input = anOrderInput(changes);
    return environment.client.workflow.start<typeof order>('order', {
      args: [input],
      workflowId: input.orderId,
      taskQueue,
      workflowTaskTimeout: 10_000,
    });
  };
  return { worker, start };
}

const shipmentOf = (handle: OrderHandle, index: number): ShipmentId =>
  shipmentIdOf(handle.workflowId as OrderId, index);

/**
 * What the carrier would report.
 * @param index counts the order's shipments from 0
 * @param more tells events of one milestone and shipment apart
 */
export const report = (handle: OrderHandle, milestone: CarrierMilestone, index = 0, more = '') =>
  handle.signal(carrierEventSignal, {
    eventId: `evt_${milestone}_${index}${more}`,
    shipmentId: shipmentOf(handle, index),
    milestone,
  });
