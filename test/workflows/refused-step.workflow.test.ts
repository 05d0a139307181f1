import { describe, expect, test } from 'vitest';
import { defaultPolicy, type OrderPolicy } from '../../src/domain/policy.js';
import type { OrderInput, OrderSummary } from '../../src/workflows/messages.js';
import type { Fakes, Script } from '../support/fakes.js';
import { mainUndos, inTwoParcels, ofParcel, firstIsPaid } from '../support/scripts.js';
import { useOrderWorker, noSecondChances } from '../support/order-worker.js';

const orders = useOrderWorker();

interface Refusal {
  readonly step: string;
  readonly answer: object;
  readonly undos: readonly string[];
  readonly state: Partial<OrderSummary>;
}

const withoutPayment = mainUndos.filter((undo) => undo !== 'voidAuthorization');

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
  'a bank that hears nothing from its customer voids the payment and releases the stock': {
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
    undos: ['voidLabel 0', ...withoutPayment],
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

function secondIsRefused(fakes: Fakes, { step, answer }: Refusal): void {
  inTwoParcels(fakes);
  const later = firstIsPaid(fakes);
  const refuses: Script = async () => {
    await later(undefined as never);
    return answer;
  };
  fakes.always('createShipment', ofParcel(1, later));
  fakes.always(step, ofParcel(1, refuses));
}

const input = (
  shipmentFailure: OrderPolicy['shipmentFailure'] = 'undo_order',
): Partial<OrderInput> => ({
  serviceLevel: noSecondChances,
  policy: { ...defaultPolicy, shipmentFailure },
});

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
      secondIsRefused(prepared, refusal);
    });
    expect(await order.handle.result()).toMatchObject({ status: 'rejected', ...refusal.state });
    expect(order.fakes.undos).toEqual(refusal.undos);
    expect(order.fakes.calls).not.toContain('releaseParcel');
  });

  test.each(ofTwo)('%s one of two parcels undoes that one, by policy', async (_title, refusal) => {
    const order = await orders.place(input('refund_shipment'), (prepared) => {
      secondIsRefused(prepared, refusal);
    });
    await order.waitForFact('shipment.abandoned');
    await order.deliver(0);
    expect(await order.handle.result()).toMatchObject({
      status: 'delivered',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
    });
    expect(order.fakes.undos).toEqual(refusal.alone);
    order.expectSecondAbandoned();
  });
});
