import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { defaultPolicy, type OrderPolicy } from '../../src/domain/policy.js';
import { undoOf, type StepName } from '../../src/domain/saga.js';
import type { OrderInput } from '../../src/workflows/messages.js';
import { type Fakes, fails, type Script } from '../support/fakes.js';
import {
  callsOf,
  mainUndos,
  refusesLabel,
  inTwoParcels,
  ofParcel,
  firstIsPaid,
} from '../support/scripts.js';
import { useOrderWorker, noSecondChances } from '../support/order-worker.js';

const orders = useOrderWorker();

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

function secondParcelFails(fakes: Fakes, step: string): void {
  inTwoParcels(fakes);
  const isOfParcel = ['createShipment', 'capturePayment'].includes(step);
  if (isOfParcel) fakes.always('createShipment', ofParcel(1, firstIsPaid(fakes)));
  const late = async () => {
    if (step === 'createShipment') await firstIsPaid(fakes)(undefined as never);
    refuses();
  };
  fakes.always(step, isOfParcel ? ofParcel(1, late) : refuses);
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
    const order = await orders.place(input(), (prepared) => {
      prepared.always(step, refuses);
    });
    expect(await order.handle.result()).toMatchObject({
      status: 'failed',
      fulfillmentStatus: 'none',
    });
    expect(order.fakes.undos).toEqual(undos.one);
    expect(order.fakes.calls.filter((call) => call === step)).toHaveLength(1);
    expect(order.facts).toContain('cancellation.sent');
  });

  test.each(cells)('%s in an order of two parcels takes back both', async (step, undos) => {
    const order = await orders.place(input(), (prepared) => {
      secondParcelFails(prepared, step);
    });
    expect(await order.handle.result()).toMatchObject({
      status: 'failed',
      fulfillmentStatus: 'none',
    });
    expect(order.fakes.undos).toEqual(undos.two);
  });

  test.each(cellsAlone)(
    '%s of the second parcel is undone alone, by policy',
    async (step, undos) => {
      const order = await orders.place(input('refund_shipment'), (prepared) => {
        secondParcelFails(prepared, step);
      });
      const { handle, fakes } = order;
      await order.waitForFact('shipment.abandoned');
      await order.deliver(0);
      expect(await handle.result()).toMatchObject({
        status: 'delivered',
        fulfillmentStatus: 'delivered',
        needsAttention: false,
      });
      expect(fakes.undos).toEqual(undos);
      order.expectSecondAbandoned();
    },
  );

  test.each(sideSteps)('%s rolls nothing back', async (step) => {
    const order = await orders.place({}, (prepared) => {
      prepared.always(callsOf[step as StepName], refuses);
    });
    await order.deliver(0);
    expect(await order.handle.result()).toMatchObject({
      status: 'delivered',
      needsAttention: true,
    });
    expect(order.fakes.undos).toEqual([]);
  });
});

test('an undo goes on when the undo before it keeps failing for a while', async () => {
  const order = await orders.place(input(), (fakes) => {
    fakes.always('createShipment', refusesLabel);
    fakes.script('voidAuthorization', ...Array<Script>(3).fill(fails(new Error('down'))));
  });
  expect(await order.end()).toMatchObject({ status: 'rejected' });
  expect(order.fakes.times('voidAuthorization')).toBe(4);
  expect(order.fakes.undos.at(-1)).toBe('releaseInventory');
});
