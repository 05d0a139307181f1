import { describe, expect, test } from 'vitest';
import { Goods } from '../../src/domain/goods.js';
import { type OrderId, shipmentIdOf } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import type { Authorization, CarrierMilestone, Shipment } from '../../src/domain/shipment.js';
import { Shipments } from '../../src/domain/shipments.js';

const orderId: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
const eur = (amountMinor: number) => money(amountMinor, 'EUR');
const lines = [{ sku: 'TEA', quantity: 2 }];
const parcel = (index: number, amountMinor: number) => ({
  shipmentId: shipmentIdOf(orderId, index),
  warehouseId: `wh_${String(index)}`,
  lines,
  amount: eur(amountMinor),
});

function twoShipments() {
  const shipments = new Shipments({ orderId, lines, total: eur(3_000) });
  shipments.plan([parcel(0, 1_000), parcel(1, 2_000)]);
  const [first, second] = shipments.all;
  return { shipments, first: first!, second: second! };
}

function capture(shipment: Shipment, authorization: Authorization): void {
  shipment.capturedFrom = authorization;
  shipment.isCaptured = true;
}

describe('what carriers report', () => {
  const receive = (shipments: Shipments, index: number, milestone: CarrierMilestone) => {
    shipments.receive({ eventId: 'e1', shipmentId: shipmentIdOf(orderId, index), milestone });
  };

  test('reaches its shipment, also when it came before the shipment was planned', () => {
    const shipments = new Shipments({ orderId, lines, total: eur(3_000) });
    receive(shipments, 1, 'handed_over');
    expect(shipments.isAnyHandedOver).toBe(false);
    shipments.plan([parcel(0, 1_000), parcel(1, 2_000)]);
    expect(shipments.all.map(({ hasLeft }) => hasLeft)).toEqual([false, true]);
  });

  test('has no effect on another order', () => {
    const { shipments } = twoShipments();
    receive(shipments, 7, 'handed_over');
    expect(shipments.isAnyHandedOver).toBe(false);
  });

  test('has one effect, however often it comes', () => {
    const { shipments, first } = twoShipments();
    receive(shipments, 0, 'exception');
    receive(shipments, 0, 'exception');
    expect(first.exceptions).toBe(1);
  });
});

describe('the money that waits for shipments', () => {
  test('is theirs while they are neither paid nor given up', () => {
    const { shipments, first } = twoShipments();
    expect(shipments.leftToCapture).toEqual(eur(3_000));
    first.isCaptured = true;
    expect(shipments.leftToCapture).toEqual(eur(2_000));
  });

  test('is held for nothing once all others are paid', () => {
    const { shipments, first, second } = twoShipments();
    const authorization = { number: 1, amount: eur(3_000) };
    second.isAbandoned = true;
    expect(shipments.needlesslyHeld(authorization)).toBeUndefined();
    capture(first, authorization);
    expect(shipments.needlesslyHeld(authorization)).toEqual(eur(2_000));
  });

  test('is none when everything is paid', () => {
    const { shipments, first, second } = twoShipments();
    const authorization = { number: 1, amount: eur(3_000) };
    for (const shipment of [first, second]) capture(shipment, authorization);
    expect(shipments.needlesslyHeld(authorization)).toBeUndefined();
  });

  test('is what a renewed authorization holds of a shipment that was paid from the old one', () => {
    const { shipments, first, second } = twoShipments();
    const renewed = { number: 2, amount: eur(3_000) };
    capture(first, { number: 1, amount: eur(3_000) });
    capture(second, renewed);
    expect(shipments.needlesslyHeld(renewed)).toEqual(eur(1_000));
  });
});

describe('one shipment that fails', () => {
  test('is given up alone when the policy says so, or another one has left', () => {
    const { shipments, first, second } = twoShipments();
    expect(shipments.mayGoOnWithout(first, 'refund_shipment')).toBe(true);
    expect(shipments.mayGoOnWithout(first, 'undo_order')).toBe(false);
    second.recall = 'gone';
    expect(shipments.mayGoOnWithout(first, 'undo_order')).toBe(true);
  });

  test('is the order when there is no other', () => {
    const shipments = new Shipments({ orderId, lines, total: eur(3_000) });
    expect(shipments.mayGoOnWithout(shipments.all[0]!, 'refund_shipment')).toBe(false);
  });
});

test('the replacement of a lost shipment is numbered behind all others', () => {
  const { shipments, first } = twoShipments();
  const id = shipments.nextReplacementId();
  expect(id).toBe(shipmentIdOf(orderId, 2));
  shipments.replace({ ...first.plan, shipmentId: id });
  expect(shipments.nextReplacementId()).toBe(shipmentIdOf(orderId, 3));
  expect(shipments.all).toHaveLength(2);
});

test('the goods of an order are those that are not missing, at the price that holds', () => {
  const goods = new Goods({ total: eur(3_000), shipping: eur(500) });
  const [tea, cup] = [
    { sku: 'TEA', quantity: 1 },
    { sku: 'CUP', quantity: 1 },
  ];
  expect(goods.reducedTo).toBeUndefined();
  goods.reprice(eur(3_400), eur(900));
  expect(goods).toMatchObject({ total: eur(3_400), shippingFee: eur(900) });
  goods.reduce(eur(1_500), { lines: [{ ...tea, quantity: 2 }, cup], dropped: [tea, cup] });
  expect(goods).toMatchObject({ total: eur(1_500), reducedTo: [tea] });
});
