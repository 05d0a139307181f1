import { waitFor } from '../support/wait-for.js';
import { describe, expect, test } from 'vitest';
import { money } from '../../src/domain/money.js';
import type { order } from '../../src/workflows/order.js';
import { type Fakes, gate } from '../support/fakes.js';
import { mainUndos, holdUp } from '../support/scripts.js';
import { PlacedOrder } from '../support/placed-order.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

/** Paid and labelled, and then begun anew: its new history knows nothing of what was done. */
async function resetOrder(before: (order: PlacedOrder) => Promise<unknown>): Promise<PlacedOrder> {
  const placed = await orders.place();
  await placed.waitForHandOver();
  await before(placed);
  await resetToFirstTask(placed);
  const { client } = placed.handle;
  // The handle of the start knows the run that the reset has ended.
  const handle = client.getHandle<typeof order>(placed.id) as PlacedOrder['handle'];
  return new PlacedOrder(handle, placed.fakes);
}

/** `temporal workflow reset --type FirstWorkflowTask` */
async function resetToFirstTask({ handle }: PlacedOrder): Promise<void> {
  const { workflowId, firstExecutionRunId: runId, client } = handle;
  const { events } = await handle.fetchHistory();
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: first?.eventId ?? null,
    reason: 'a test',
    requestId: `reset-${runId}`,
  });
}

/** What a provider knows the calls of one kind by. */
const keysOf = (fakes: Fakes, call: string): readonly string[] =>
  fakes.requests(call).map((request) => (request as { idempotencyKey: string }).idempotencyKey);

describe.concurrent('an order that was reset', () => {
  test('and is cancelled takes back also what its new history never knew', async () => {
    const stock = gate<undefined>();
    const placed = await resetOrder(async ({ fakes }) => {
      // What was taken is given back by the void, as the payment provider knows of the capture.
      fakes.always('voidAuthorization', () => ({ kind: 'refunded', amount: money(1780, 'EUR') }));
      fakes.always('reserveInventory', stock.wait);
      await fakes.waitForCall('awardPoints');
    });
    const { fakes } = placed;
    await fakes.waitForCall('reserveInventory', 2);
    const cancelled = await placed.startCancel();
    stock.open(undefined);
    expect(await cancelled.result()).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
      fulfillmentStatus: 'none',
    });
    await placed.end();
    expect(placed.fakes.times('authorizePayment')).toBe(1);
    expect(fakes.undos).toEqual(['voidLabel 0', ...mainUndos]);
    expect(placed.recorded('payment.refunded')).toMatchObject([{ amount: money(1780, 'EUR') }]);
    expect(placed.recorded('label.voided', 'inventory.released')).toHaveLength(2);
  });

  test.each([
    ['before the carrier had its parcel', 'hand_over', false],
    ['when the carrier had its parcel', 'delivery', true],
  ] as const)('%s does nothing twice, and is delivered', async (_title, stage, isHandedOver) => {
    const placed = await resetOrder(async (order) => {
      if (isHandedOver) await order.report('handed_over');
      await order.waitForState({ stage });
    });
    const { fakes } = placed;
    await fakes.waitForCall('capturePayment', 2);
    await placed.waitForState({ stage });
    if (!isHandedOver) await placed.report('handed_over');
    await placed.report('delivered');
    await placed.endsAs('delivered', 'captured');
    for (const call of ['authorizePayment', 'createShipment', 'capturePayment']) {
      expect(keysOf(fakes, call), call).toHaveLength(2);
      expect(new Set(keysOf(fakes, call)).size, call).toBe(1);
    }
    const steps = [
      'inventory.reserved',
      'payment.authorized',
      'order.confirmed',
      'shipment.created',
      'payment.captured',
      'shipment.handed_over',
      'points.awarded',
    ] as const;
    const facts = placed.recorded(...steps).map(({ type }) => type);
    expect([...facts].sort()).toEqual([...steps].sort());
    expect(fakes.undos).toEqual([]);
  });

  test.each([
    ['ahead of the order', 4],
    ['behind the order', -1],
  ])('whose row is left %s brings it up to what it knows', async (_title, distance) => {
    const held = gate<undefined>();
    const order = await orders.place({}, holdUp('capturePayment', held));
    const { rows } = order.fakes;
    await order.fakes.waitForCall('capturePayment');
    const { revision, state } = rows.get(order.id)!;
    // Written by steps that the order's new history does not know.
    const ofLaterSteps = { status: 'rejected', paymentStatus: 'none', stage: 'done' } as const;
    rows.set(order.id, { revision: revision + distance, state: { ...state, ...ofLaterSteps } });
    held.open(undefined);

    await order.waitForHandOver();
    const paid = { status: 'confirmed', stage: 'hand_over', paymentStatus: 'captured' };
    await waitFor('a row that says paid', () => {
      expect(rows.get(order.id)?.state).toMatchObject(paid);
    });
    await order.deliver(0);
    await order.endsAs('delivered');
  });
});
