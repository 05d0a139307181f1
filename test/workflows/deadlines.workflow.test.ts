import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import { statusQuery } from '../../src/workflows/messages.js';
import { timeSkippingEnvironment } from '../support/environment.js';
import { OrderWorker } from '../support/order-worker.js';
import type { PlacedOrder } from '../support/placed-order.js';

const reason = inject('testServerReason');
const { handOver, delivery } = standardServiceLevel;
const hourMs = 3_600_000;

describe.skipIf(reason !== '')(`with days that pass in moments ${reason}`, () => {
  let environment: TestWorkflowEnvironment;
  beforeAll(async () => {
    environment = await timeSkippingEnvironment();
  });
  afterAll(() => environment.teardown());

  async function withOrder(
    act: (order: PlacedOrder) => Promise<void>,
    ...placed: Parameters<OrderWorker['place']>
  ) {
    const orders = new OrderWorker(environment);
    await orders.open();
    const order = await orders.place(...placed);
    await act(order);
    // An order that is left behind holds up the time of the others.
    await order.handle.terminate().catch(() => undefined);
    await orders.close();
  }
  const needsAttention = async ({ handle }: PlacedOrder) =>
    (await handle.query(statusQuery)).needsAttention;

  test('a parcel that is not handed over in the allowed days calls for a person, and no sooner', async () => {
    await withOrder(async (order) => {
      await environment.sleep(handOver.escalateMs - hourMs);
      expect(await needsAttention(order)).toBe(false);
      await environment.sleep(2 * hourMs);
      expect(await needsAttention(order)).toBe(true);
      expect(order.facts).toEqual(expect.arrayContaining(['shipment.delayed', 'attention.raised']));
    });
  });

  test('a parcel that is handed over late closes its item by itself and is delivered', async () => {
    await withOrder(async (order) => {
      await environment.sleep(handOver.escalateMs + hourMs);
      await order.report('handed_over');
      await order.report('delivered');
      expect(await order.handle.result()).toMatchObject({
        status: 'delivered',
        needsAttention: false,
      });
    });
  });

  test('a parcel in the carrier’s hands that falls silent calls for a person', async () => {
    await withOrder(async (order) => {
      await environment.sleep(hourMs);
      await order.report('handed_over');
      await environment.sleep(delivery.escalateMs + hourMs);
      expect(await order.handle.query(statusQuery)).toMatchObject({
        status: 'shipped',
        needsAttention: true,
      });
    });
  });
});
