import { OrderHistory } from '../../src/choreography/order-history.js';
import type { Fact, RecordedFact } from '../../src/domain/facts.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';

export const orderId: OrderId = 'ord_01m7yrymq2ext8t9deyd5a3vww';
export const [first, second] = [shipmentIdOf(orderId, 0), shipmentIdOf(orderId, 1)];
export const eur = (minor: number) => money(minor, 'EUR');

/** Two pieces, one from each of two warehouses, for 10.00 EUR and 5.00 EUR for the way. */
export const placed: Fact = {
  type: 'order.placed',
  total: eur(1_500),
  customerId: 'cus_1',
  isMember: true,
  lines: [{ lineNumber: 1, sku: 'TEA', quantity: 2, sellerId: 'sel_1', amount: eur(1_000) }],
};

export const inOneParcel: Fact = {
  type: 'inventory.reserved',
  parcels: [{ warehouseId: 'wh_1', lines: [{ sku: 'TEA', quantity: 2 }] }],
};

export const inTwoParcels: Fact = {
  type: 'inventory.reserved',
  parcels: [
    { warehouseId: 'wh_1', lines: [{ sku: 'TEA', quantity: 1 }] },
    { warehouseId: 'wh_2', lines: [{ sku: 'TEA', quantity: 1 }] },
  ],
};

export const authorized: Fact = {
  type: 'payment.authorized',
  paymentId: 'pi_1',
  amount: eur(1_500),
};

export const compensating = (cause: string): Fact => ({
  type: 'compensation.started',
  cause,
  undos: [],
});

/** The facts in this order. */
export function historyOf(...facts: readonly Fact[]): OrderHistory {
  const recorded = facts.map((fact, index): RecordedFact => ({
    ...fact,
    sequence: index + 1,
    at: '2026-11-28T12:00:00.000Z',
  }));
  return new OrderHistory(orderId, recorded);
}
