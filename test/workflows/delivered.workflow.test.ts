import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusQuery, timelineQuery } from '../../src/workflows/messages.js';
import { sharedEnvironment } from '../support/environment.js';
import { orderWorker, report } from '../support/order-worker.js';
import { World } from '../support/world.js';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await sharedEnvironment();
});
afterAll(() => environment.teardown());

test('an order that nothing stands against is delivered', async () => {
  const world = new World();
  const { worker, start } = await orderWorker(environment, world);
  await worker.runUntil(async () => {
    const handle = await start();
    await report(handle, 'handed_over');
    await report(handle, 'delivered');
    const summary = await handle.result();

    expect(summary).toMatchObject({
      status: 'delivered',
      stage: 'done',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
      needsAttention: false,
    });
    expect(world.calls.sort()).toEqual(
      [
        'order_placed',
        'reserveInventory',
        'authorizePayment',
        'order_confirmation',
        'seller_notice',
        'assignDeliveryPartner',
        'awardPoints',
        'createShipment',
        'capturePayment',
        'issueInventory',
        'shipped',
        'delivered',
      ].sort(),
    );
    expect(await handle.query(statusQuery)).toEqual(summary);
    const timeline = await handle.query(timelineQuery);
    expect(timeline.map((fact) => fact.type)).toEqual(
      expect.arrayContaining(['order.placed', ...world.facts(handle.workflowId)]),
    );
  });
});
