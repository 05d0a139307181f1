import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { defaultPolicy, type OrderPolicy } from '../../src/domain/policy.js';
import { undoOf, type StepName } from '../../src/domain/saga.js';
import type { OrderInput } from '../../src/workflows/messages.js';
import { useOrderDesk } from '../support/order-desk.js';
import { noSecondChances } from '../support/order-worker.js';
import {
  deliver,
  expectGivenUp,
  firstIsPaid,
  happens,
  ofParcel,
  splitOver,
  undosIn,
} from '../support/parcels.js';
import { callsOf, mainUndos } from '../support/saga-steps.js';
import { fails, type World } from '../support/world.js';

const desk = useOrderDesk();

interface Undos {
  /** Of an order with one parcel, and of one whose second parcel of two fails. */
  readonly one: readonly string[];
  readonly two: readonly string[];
  /** What is undone where the second parcel is given up alone; undefined where there is none yet. */
  readonly alone?: readonly string[];
}

/**
 * Whatever step fails for good, all is taken back: a task that died with its worker may have done
 * more than the workflow remembers. What is done beside the main line takes nothing back.
 */
const undosAfter: Readonly<Record<StepName, Undos | 'goes on'>> = {
  reserveInventory: { one: ['voidLabel 0', ...mainUndos], two: ['voidLabel 0', ...mainUndos] },
  authorizePayment: {
    one: ['voidLabel 0', ...mainUndos],
    two: ['voidLabel 1', 'voidLabel 0', ...mainUndos],
  },
  sendOrderConfirmation: 'goes on',
  notifySeller: 'goes on',
  assignDeliveryPartner: 'goes on',
  awardPoints: 'goes on',
  createShipment: {
    one: ['voidLabel 0', ...mainUndos],
    two: ['refundPayment 0', 'voidLabel 1', 'voidLabel 0', ...mainUndos],
    alone: ['voidLabel 1'],
  },
  capturePayment: {
    one: ['refundPayment 0', 'voidLabel 0', ...mainUndos],
    two: ['refundPayment 1', 'refundPayment 0', 'voidLabel 1', 'voidLabel 0', ...mainUndos],
    alone: ['refundPayment 1', 'voidLabel 1'],
  },
};

const steps = Object.entries(undosAfter);
type Mode = 'activity';
const modes: readonly Mode[] = ['activity'];
const cells = modes.flatMap((mode) =>
  steps.flatMap(([step, undos]) => (undos === 'goes on' ? [] : [[mode, step, undos] as const])),
);
const cellsAlone = cells.flatMap(([mode, step, { alone }]) =>
  alone === undefined ? [] : [[mode, step, alone] as const],
);
const sideSteps = modes.flatMap((mode) =>
  steps.flatMap(([step, undos]) => (undos === 'goes on' ? [[mode, step] as const] : [])),
);

const refuses = fails(new ProviderRefused('never'));

function secondParcelFails(world: World, step: string): void {
  splitOver(world, 'wh_1', 'wh_2');
  const isOfParcel = ['createShipment', 'capturePayment'].includes(step);
  if (isOfParcel) world.always('createShipment', ofParcel(1, firstIsPaid(world)));
  const late = async () => {
    if (step === 'createShipment') await firstIsPaid(world)(undefined as never);
    refuses();
  };
  world.always(step, isOfParcel ? ofParcel(1, late) : refuses);
}

const input = (
  _mode: Mode,
  shipmentFailure: OrderPolicy['shipmentFailure'] = 'undo_order',
): Partial<OrderInput> => ({
  serviceLevel: noSecondChances,
  policy: { ...defaultPolicy, shipmentFailure },
});

test('every step of the saga has its row', () => {
  expect(Object.keys(undosAfter).sort()).toEqual(Object.keys(undoOf).sort());
});

describe.concurrent('a step that fails for good', () => {
  test.each(cells)('%s: %s is undone, and all before it, once and in reverse', async (...cell) => {
    const [mode, step, undos] = cell;
    const { handle, world } = await desk.place(input(mode), (prepared) => {
      prepared.always(step, refuses);
    });
    expect(await handle.result()).toMatchObject({ status: 'failed', fulfillmentStatus: 'none' });
    expect(undosIn(world)).toEqual(undos.one);
    expect(world.calls.filter((call) => call === step)).toHaveLength(1);
    expect(world.facts(handle.workflowId)).toContain('cancellation.sent');
  });

  test.each(cells)('%s: %s in an order of two parcels takes back both', async (...cell) => {
    const [mode, step, undos] = cell;
    const { handle, world } = await desk.place(input(mode), (prepared) => {
      secondParcelFails(prepared, step);
    });
    expect(await handle.result()).toMatchObject({ status: 'failed', fulfillmentStatus: 'none' });
    expect(undosIn(world)).toEqual(undos.two);
  });

  test.each(cellsAlone)(
    '%s: %s of the second parcel is undone alone, by policy',
    async (...cell) => {
      const [mode, step, undos] = cell;
      const order = await desk.place(input(mode, 'refund_shipment'), (prepared) => {
        secondParcelFails(prepared, step);
      });
      const { handle, world } = order;
      await happens(order, 'shipment.abandoned');
      await deliver(order, 0);
      expect(await handle.result()).toMatchObject({
        status: 'delivered',
        fulfillmentStatus: 'delivered',
        needsAttention: false,
      });
      expect(undosIn(world)).toEqual(undos);
      expectGivenUp(order);
    },
  );

  test.each(sideSteps)('%s: %s rolls nothing back', async (_mode, step) => {
    const order = await desk.place({}, (prepared) => {
      prepared.always(callsOf[step as StepName], refuses);
    });
    await deliver(order, 0);
    expect(await order.handle.result()).toMatchObject({
      status: 'delivered',
      needsAttention: true,
    });
    expect(undosIn(order.world)).toEqual([]);
  });
});

test('an undo goes on when the undo before it keeps failing for a while', async () => {
  const { handle, world } = await desk.place(input('activity'), (prepared) => {
    prepared.always('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
    prepared.script(
      'voidAuthorization',
      ...Array.from({ length: 3 }, () => fails(new Error('down'))),
    );
  });
  expect(await handle.result()).toMatchObject({ status: 'rejected' });
  const undone = undosIn(world);
  expect(undone.filter((name) => name === 'voidAuthorization')).toHaveLength(4);
  expect(undone.at(-1)).toBe('releaseInventory');
});
