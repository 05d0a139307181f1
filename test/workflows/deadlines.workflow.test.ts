import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import { statusQuery } from '../../src/workflows/messages.js';
import { timeSkippingEnvironment } from '../support/environment.js';
import { noSecondChances, orderWorker, report, type OrderHandle } from '../support/order-worker.js';
import { fails, World } from '../support/world.js';

const reason = inject('testServerReason');
const { handOver, delivery, undoMs } = standardServiceLevel;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe.skipIf(reason !== '')(`with days that pass in moments ${reason}`, () => {
  let environment: TestWorkflowEnvironment;
  beforeAll(async () => {
    environment = await timeSkippingEnvironment();
  });
  afterAll(() => environment.teardown());

  async function withOrder(
    world: World,
    act: (handle: OrderHandle) => Promise<void>,
    serviceLevel = standardServiceLevel,
  ) {
    const { worker, start } = await orderWorker(environment, world);
    await worker.runUntil(async () => {
      const handle = await start({ serviceLevel });
      await act(handle);
      // An order that is left behind holds up the time of the others.
      await handle.terminate().catch(() => undefined);
    });
  }
  const needsAttention = async (handle: OrderHandle) =>
    (await handle.query(statusQuery)).needsAttention;

  test('a parcel that is not handed over in the allowed days calls for a person, and no sooner', async () => {
    const world = new World();
    await withOrder(world, async (handle) => {
      await environment.sleep(handOver.escalateMs - hourMs);
      expect(await needsAttention(handle)).toBe(false);
      await environment.sleep(2 * hourMs);
      expect(await needsAttention(handle)).toBe(true);
      expect(world.facts(handle.workflowId)).toEqual(
        expect.arrayContaining(['shipment.delayed', 'attention.raised']),
      );
    });
  });

  test('a parcel that is handed over late closes its item by itself and is delivered', async () => {
    const world = new World();
    await withOrder(world, async (handle) => {
      await environment.sleep(handOver.escalateMs + hourMs);
      await report(handle, 'handed_over');
      await report(handle, 'delivered');
      expect(await handle.result()).toMatchObject({ status: 'delivered', needsAttention: false });
    });
  });

  test('a parcel in the carrier’s hands that falls silent calls for a person', async () => {
    const world = new World();
    await withOrder(world, async (handle) => {
      await environment.sleep(hourMs);
      await report(handle, 'handed_over');
      await environment.sleep(delivery.escalateMs + hourMs);
      expect(await handle.query(statusQuery)).toMatchObject({
        status: 'shipped',
        needsAttention: true,
      });
    });
  });

  test('an undo that fails for long calls for a person, goes on, and closes its item at last', async () => {
    const world = new World();
    world.always('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
    world.always('voidAuthorization', fails(new Error('down')));
    await withOrder(
      world,
      async (handle) => {
        // Every attempt on the way is a real one: an hour more would be 120 of them.
        await environment.sleep(undoMs + minuteMs);
        expect(await handle.query(statusQuery)).toMatchObject({
          status: 'compensating',
          needsAttention: true,
        });
        world.usual('voidAuthorization');
        expect(await handle.result()).toMatchObject({ status: 'rejected', needsAttention: false });
        expect(world.facts(handle.workflowId)).toContain('attention.resolved');
      },
      noSecondChances,
    );
  });
});
