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
  waitForFact,
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
 * Whatever step fails for good, all is taken back: a workflow that was reset may have done more than
 * its history knows. What is done beside the main line takes nothing back.
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
    two: ['voidLabel 1', 'voidLabel 0', 'refundPayment 0', ...mainUndos],
    alone: ['voidLabel 1'],
  },
  capturePayment: {
    one: ['voidLabel 0', 'refundPayment 0', ...mainUndos],
    two: ['voidLabel 1', 'refundPayment 1', 'voidLabel 0', 'refundPayment 0', ...mainUndos],
    alone: ['voidLabel 1', 'refundPayment 1'],
  },
};

const steps = Object.entries(undosAfter);
const cells = steps.flatMap(([step, undos]) =>
  undos === 'goes on' ? [] : [[step, undos] as const],
);
const cellsAlone = cells.flatMap(([step, { alone }]) =>
  alone === undefined ? [] : [[step, alone] as const],
);
const sideSteps = steps.flatMap(([step, undos]) => (undos === 'goes on' ? [step] : []));

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
  shipmentFailure: OrderPolicy['shipmentFailure'] = 'undo_order',
): Partial<OrderInput> => ({
  serviceLevel: noSecondChances,
  policy: { ...defaultPolicy, shipmentFailure },
});

test('every step of the saga has its row', () => {
  expect(Object.keys(undosAfter).sort()).toEqual(Object.keys(undoOf).sort());
});

describe.concurrent('a step that fails for good', () => {
  test.each(cells)('%s is undone, and all before it, once and in reverse', async (step, undos) => {
    const { handle, world } = await desk.place(input(), (prepared) => {
      prepared.always(step, refuses);
    });
    expect(await handle.result()).toMatchObject({ status: 'failed', fulfillmentStatus: 'none' });
    expect(undosIn(world)).toEqual(undos.one);
    expect(world.calls.filter((call) => call === step)).toHaveLength(1);
    expect(world.facts(handle.workflowId)).toContain('cancellation.sent');
  });

  test.each(cells)('%s in an order of two parcels takes back both', async (step, undos) => {
    const { handle, world } = await desk.place(input(), (prepared) => {
      secondParcelFails(prepared, step);
    });
    expect(await handle.result()).toMatchObject({ status: 'failed', fulfillmentStatus: 'none' });
    expect(undosIn(world)).toEqual(undos.two);
  });

  test.each(cellsAlone)(
    '%s of the second parcel is undone alone, by policy',
    async (step, undos) => {
      const order = await desk.place(input('refund_shipment'), (prepared) => {
        secondParcelFails(prepared, step);
      });
      const { handle, world } = order;
      await waitForFact(order, 'shipment.abandoned');
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

  test.each(sideSteps)('%s rolls nothing back', async (step) => {
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
  const { handle, world } = await desk.place(input(), (prepared) => {
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
