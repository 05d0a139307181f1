import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  cancelOrderUpdate,
  cancelRefusedType,
  cancelSignal,
  statusQuery,
} from '../../src/workflows/messages.js';
import { sharedEnvironment } from '../support/environment.js';
import { orderWorker, report, type OrderHandle } from '../support/order-worker.js';
import { everyUndo, fails, gate, World } from '../support/world.js';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await sharedEnvironment();
});
afterAll(() => environment.teardown());

const cancel = { requestedBy: 'buyer', reason: 'changed my mind' };

const reachesStage = (handle: OrderHandle, stage: string) =>
  vi.waitFor(
    async () => {
      expect((await handle.query(statusQuery)).stage).toBe(stage);
    },
    { timeout: 10_000, interval: 20 },
  );

async function withOrder(world: World, act: (handle: OrderHandle) => Promise<void>): Promise<void> {
  const { worker, start } = await orderWorker(environment, world);
  await worker.runUntil(async () => act(await start()));
}

test('a cancel before the hand-over voids the label and refunds, and answers with the end', async () => {
  const world = new World();
  await withOrder(world, async (handle) => {
    await reachesStage(handle, 'hand_over');
    const summary = await handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
    expect(summary).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    expect(world.calls.slice(-6)).toEqual([
      'refundPayment',
      'voidLabel',
      'revokePoints',
      'releaseDeliveryPartner',
      'releaseInventory',
      'cancellation',
    ]);
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  });
});

test.each([
  ['reserveInventory', 'none', everyUndo],
  ['authorizePayment', 'voided', everyUndo],
  ['createShipment', 'voided', everyUndo],
  [
    'capturePayment',
    'refunded',
    ['refundPayment', 'voidLabel', 'revokePoints', 'releaseDeliveryPartner', 'releaseInventory'],
  ],
] as const)(
  'a cancel while %s backs off takes everything back, in reverse',
  async (step, paymentStatus, undos) => {
    const world = new World();
    // The capture is taken after all, so that what a cancel meets is known and not guessed.
    if (step === 'capturePayment') world.script(step, fails(new Error('slow')));
    else world.always(step, fails(new Error('down')));
    const captured = gate<{ kind: 'captured' }>();
    if (step === 'capturePayment') world.script(step, captured.wait);
    await withOrder(world, async (handle) => {
      await vi.waitFor(() => {
        expect(world.calls.filter((call) => call === step).length).toBeGreaterThan(1);
      });
      const cancelled = handle.executeUpdate(cancelOrderUpdate, { args: [cancel] });
      captured.open({ kind: 'captured' });
      expect(await cancelled).toMatchObject({ status: 'cancelled', paymentStatus });
      const started = world.calls.findIndex((call) => call === undos[0]);
      expect(world.calls.slice(started, started + undos.length)).toEqual(undos);
    });
  },
);

test('a cancel during an attempt that then fails is a cancel all the same', async () => {
  const world = new World();
  const failing = gate<undefined>();
  world.script('createShipment', fails(new Error('slow')), () =>
    failing.wait().then(fails(new Error('down'))),
  );
  await withOrder(world, async (handle) => {
    await vi.waitFor(() => {
      expect(world.calls.filter((call) => call === 'createShipment')).toHaveLength(2);
    });
    const cancelled = await handle.startUpdate(cancelOrderUpdate, {
      args: [cancel],
      waitForStage: 'ACCEPTED',
    });
    failing.open(undefined);
    expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
  });
});

test('a second cancel hears the same end and undoes nothing again', async () => {
  const world = new World();
  // The undo takes a second try, so that the second cancel arrives in its middle.
  world.script('refundPayment', fails(new Error('slow')));
  await withOrder(world, async (handle) => {
    await reachesStage(handle, 'hand_over');
    const answers = await Promise.all([
      handle.executeUpdate(cancelOrderUpdate, { args: [cancel] }),
      handle.executeUpdate(cancelOrderUpdate, { args: [cancel] }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(['cancelled', 'cancelled']);
    expect(world.facts(handle.workflowId).filter((fact) => fact === 'payment.refunded')).toEqual([
      'payment.refunded',
    ]);
  });
});

test('a cancel after the hand-over is refused with the state, and leaves no trace', async () => {
  const world = new World();
  await withOrder(world, async (handle) => {
    await report(handle, 'handed_over');
    await reachesStage(handle, 'delivery');
    const refused = await handle
      .executeUpdate(cancelOrderUpdate, { args: [cancel] })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
    const { cause } = refused as WorkflowUpdateFailedError;
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ type: cancelRefusedType, details: [{ status: 'shipped' }] });
    await report(handle, 'delivered');
    expect(await handle.result()).toMatchObject({ status: 'delivered' });
    expect(world.facts(handle.workflowId)).not.toContain('order.cancel_requested');
  });
});

test('a cancel by signal works without an argument', async () => {
  const world = new World();
  await withOrder(world, async (handle) => {
    await reachesStage(handle, 'hand_over');
    await handle.signal(cancelSignal);
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  });
});

test('a cancel by signal after the hand-over stands in the timeline as refused', async () => {
  const world = new World();
  await withOrder(world, async (handle) => {
    await report(handle, 'handed_over');
    await reachesStage(handle, 'delivery');
    await handle.signal(cancelSignal, { requestedBy: 'operator' });
    await report(handle, 'delivered');
    expect(await handle.result()).toMatchObject({ status: 'delivered' });
    expect(world.facts(handle.workflowId)).toContain('order.cancel_refused');
  });
});

test('a workflow that Temporal is told to cancel undoes everything and ends as cancelled', async () => {
  const world = new World();
  await withOrder(world, async (handle) => {
    await reachesStage(handle, 'hand_over');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(world.calls).toContain('refundPayment');
    expect(world.facts(handle.workflowId).slice(-2)).toEqual([
      'order.cancelled',
      'cancellation.sent',
    ]);
  });
});

test('a workflow that Temporal is told to cancel after the hand-over is delivered all the same', async () => {
  const world = new World();
  await withOrder(world, async (handle) => {
    await report(handle, 'handed_over');
    await reachesStage(handle, 'delivery');
    await handle.cancel();
    await report(handle, 'delivered');
    expect(await handle.result()).toMatchObject({ status: 'delivered' });
  });
});
