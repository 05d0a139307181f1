import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { defaultPolicy, type OrderPolicy } from '../../src/domain/policy.js';
import { undoOf, type StepName } from '../../src/domain/saga.js';
import type { OrderInput, OrderSummary } from '../../src/workflows/messages.js';
import { fails } from '../support/fakes.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { callsOf, mainUndos, undosOncePaid, secondParcelMeets } from '../support/scripts.js';
import { useOrderWorker, noSecondChances } from '../support/order-worker.js';

const orders = useOrderWorker();

const input = (
  shipmentFailure: OrderPolicy['shipmentFailure'] = 'undo_order',
): Partial<OrderInput> => ({
  serviceLevel: noSecondChances,
  policy: { ...defaultPolicy, shipmentFailure },
});

/** The second parcel is given up, the first one arrives. */
async function firstIsDelivered(order: PlacedOrder): Promise<void> {
  await order.waitForFact('shipment.abandoned');
  await order.deliver(0);
  await order.endsAs('delivered', undefined, 'delivered');
  order.expectSecondAbandoned();
}

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

test('every step of the saga has its row', () => {
  expect(Object.keys(undosAfter).sort()).toEqual(Object.keys(undoOf).sort());
});

describe.concurrent('a step that fails for good', () => {
  test.each(cells)('%s is undone, and all before it, once and in reverse', async (step, undos) => {
    const order = await orders.place(input(), (prepared) => {
      prepared.always(step, refuses);
    });
    await order.endsAs('failed', undefined, 'none');
    expect(order.fakes.undos).toEqual(undos.one);
    expect(order.fakes.calls.filter((call) => call === step)).toHaveLength(1);
    expect(order.facts).toContain('cancellation.sent');
  });

  test.each(cells)('%s in an order of two parcels takes back both', async (step, undos) => {
    const order = await orders.place(input(), (prepared) => {
      secondParcelMeets(prepared, step, refuses);
    });
    await order.endsAs('failed', undefined, 'none');
    expect(order.fakes.undos).toEqual(undos.two);
  });

  test.each(cellsAlone)(
    '%s of the second parcel is undone alone, by policy',
    async (step, undos) => {
      const order = await orders.place(input('refund_shipment'), (prepared) => {
        secondParcelMeets(prepared, step, refuses);
      });
      await firstIsDelivered(order);
      expect(order.fakes.undos).toEqual(undos);
    },
  );

  test.each(sideSteps)('%s rolls nothing back', async (step) => {
    const order = await orders.place({}, (prepared) => {
      prepared.always(callsOf[step as StepName], refuses);
    });
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered', needsAttention: true });
    expect(order.fakes.undos).toEqual([]);
  });
});

interface Refusal {
  readonly step: string;
  readonly answer: object;
  readonly undos: readonly string[];
  readonly state: Partial<OrderSummary>;
}

/** An order with one parcel. */
const refusals: Readonly<Record<string, Refusal>> = {
  'goods that are out of stock leave nothing to undo': {
    step: 'reserveInventory',
    answer: { kind: 'short', lines: [{ sku: 'TEA-100', asked: 2, available: 1 }] },
    undos: [],
    state: { paymentStatus: 'none' },
  },
  'a declined card releases the stock': {
    step: 'authorizePayment',
    answer: { kind: 'declined', code: 'generic_decline' },
    undos: ['releaseInventory'],
    state: { paymentStatus: 'declined' },
  },
  'a bank that gets no answer from its customer voids the payment and releases the stock': {
    step: 'authorizePayment',
    answer: { kind: 'requires_action', paymentId: 'pi_1' },
    undos: ['voidAuthorization', 'releaseInventory'],
    state: { paymentStatus: 'voided' },
  },
  'a carrier that refuses voids the authorization and then releases the stock': {
    step: 'createShipment',
    answer: { kind: 'refused', reason: 'ADDRESS.VERIFY.FAILURE' },
    undos: mainUndos,
    state: { paymentStatus: 'voided' },
  },
  'an authorization that was lost voids the label and releases the stock': {
    step: 'capturePayment',
    answer: { kind: 'authorization_lost' },
    undos: ['voidLabel 0', ...undosOncePaid],
    state: { paymentStatus: 'none' },
  },
};

/** An order with two parcels, of which the second one is refused. */
const refusalsOfTwo: Readonly<Record<string, Refusal & { readonly alone: readonly string[] }>> = {
  'a carrier that refuses': {
    step: 'createShipment',
    answer: { kind: 'refused', reason: 'no_service' },
    undos: ['voidLabel 0', 'refundPayment 0', ...mainUndos],
    state: { paymentStatus: 'refunded' },
    alone: [],
  },
  'an authorization that was lost': {
    step: 'capturePayment',
    answer: { kind: 'authorization_lost' },
    undos: ['voidLabel 1', 'voidLabel 0', 'refundPayment 0', ...mainUndos],
    state: { paymentStatus: 'refunded' },
    alone: ['voidLabel 1'],
  },
};

describe.concurrent('a step that is refused', () => {
  test.each(Object.entries(refusals))('%s', async (_title, refusal) => {
    const order = await orders.place(input(), (prepared) => {
      prepared.always(refusal.step, () => refusal.answer);
      if (refusal.step === 'authorizePayment')
        prepared.always('confirmPayment', () => refusal.answer);
    });
    expect(await order.handle.result()).toMatchObject({
      status: 'rejected',
      stage: 'done',
      fulfillmentStatus: 'none',
      needsAttention: false,
      ...refusal.state,
    });
    expect(order.fakes.undos).toEqual(refusal.undos);
    const facts = order.facts;
    expect(facts.indexOf('order.rejected')).toBeLessThan(facts.indexOf('cancellation.sent'));
  });

  const ofTwo = Object.entries(refusalsOfTwo);

  test.each(ofTwo)('%s one of two parcels undoes both, by policy', async (_title, refusal) => {
    const order = await orders.place(input(), (prepared) => {
      secondParcelMeets(prepared, refusal.step, () => refusal.answer);
    });
    expect(await order.handle.result()).toMatchObject({ status: 'rejected', ...refusal.state });
    expect(order.fakes.undos).toEqual(refusal.undos);
    expect(order.fakes.calls).not.toContain('releaseParcel');
  });

  test.each(ofTwo)('%s one of two parcels undoes that one, by policy', async (_title, refusal) => {
    const order = await orders.place(input('refund_shipment'), (prepared) => {
      secondParcelMeets(prepared, refusal.step, () => refusal.answer);
    });
    await firstIsDelivered(order);
    expect(order.fakes.undos).toEqual(refusal.alone);
  });
});
