import { describe, expect, test } from 'vitest';
import { money } from '../../src/domain/money.js';
import { cancelOrderUpdate } from '../../src/workflows/messages.js';
import type { order } from '../../src/workflows/order.js';
import {
  endOf,
  waitForCall,
  waitForState,
  timesAsked,
  useOrderDesk,
  type PlacedOrder,
} from '../support/order-desk.js';
import { recorded, requestsOf } from '../support/order-story.js';
import { report } from '../support/order-worker.js';
import { undosIn } from '../support/parcels.js';
import { mainUndos } from '../support/saga-steps.js';
import { gate, type World } from '../support/world.js';

const desk = useOrderDesk();

/** Paid and labelled, and then begun anew: its new history knows nothing of what was done. */
async function resetOrder(before: (order: PlacedOrder) => Promise<unknown>): Promise<PlacedOrder> {
  const placed = await desk.place();
  await waitForState(placed.handle, { stage: 'hand_over' });
  await before(placed);
  await resetToFirstTask(placed);
  const { workflowId, client } = placed.handle;
  // The handle of the start knows the run that the reset has ended.
  const handle = client.getHandle<typeof order>(workflowId) as PlacedOrder['handle'];
  return { ...placed, handle };
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
const keysOf = (world: World, call: string): readonly string[] =>
  requestsOf(world, call).map((request) => (request as { idempotencyKey: string }).idempotencyKey);

describe.concurrent('an order that was reset', () => {
  test('and is cancelled takes back also what its new history never knew', async () => {
    const stock = gate<undefined>();
    const placed = await resetOrder(async ({ world }) => {
      // What was taken is given back by the void, as the payment provider knows of the capture.
      world.always('voidAuthorization', () => ({ kind: 'refunded', amount: money(1780, 'EUR') }));
      world.always('reserveInventory', stock.wait);
      await waitForCall(world, 'awardPoints');
    });
    const { handle, world } = placed;
    await waitForCall(world, 'reserveInventory', 2);
    const cancelled = await handle.startUpdate(cancelOrderUpdate, {
      args: [{ requestedBy: 'buyer', reason: 'changed my mind' }],
      waitForStage: 'ACCEPTED',
    });
    stock.open(undefined);
    expect(await cancelled.result()).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
      fulfillmentStatus: 'none',
    });
    await endOf(placed);
    expect(timesAsked(placed, 'authorizePayment')).toBe(1);
    expect(undosIn(world)).toEqual(['voidLabel 0', ...mainUndos]);
    expect(recorded(placed, 'payment.refunded')).toMatchObject([{ amount: money(1780, 'EUR') }]);
    expect(recorded(placed, 'label.voided', 'inventory.released')).toHaveLength(2);
  });

  test.each([
    ['before the carrier had its parcel', 'hand_over', false],
    ['when the carrier had its parcel', 'delivery', true],
  ] as const)('%s does nothing twice, and is delivered', async (_title, stage, isHandedOver) => {
    const placed = await resetOrder(async ({ handle }) => {
      if (isHandedOver) await report(handle, 'handed_over');
      await waitForState(handle, { stage });
    });
    const { handle, world } = placed;
    await waitForCall(world, 'capturePayment', 2);
    await waitForState(handle, { stage });
    if (!isHandedOver) await report(handle, 'handed_over');
    await report(handle, 'delivered');
    expect(await endOf(placed)).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    for (const call of ['authorizePayment', 'createShipment', 'capturePayment']) {
      expect(keysOf(world, call), call).toHaveLength(2);
      expect(new Set(keysOf(world, call)).size, call).toBe(1);
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
    const facts = recorded(placed, ...steps).map(({ type }) => type);
    expect([...facts].sort()).toEqual([...steps].sort());
    expect(undosIn(world)).toEqual([]);
  });
});
