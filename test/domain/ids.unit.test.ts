import { typeid } from 'typeid-js';
import { expect, test } from 'vitest';
import { isOrderId, orderIdOf, shipmentIdOf } from '../../src/domain/ids.js';

const anOrderId = typeid('ord').toString();

test('an order id is a TypeID with the prefix ord', () => {
  expect(isOrderId(anOrderId)).toBe(true);
  for (const text of ['ord_42', 'shp_' + anOrderId.slice(4), `${anOrderId}x`, '', 'ord_']) {
    expect(isOrderId(text)).toBe(false);
  }
});

test('a shipment leads back to its order', () => {
  expect(orderIdOf(shipmentIdOf(anOrderId))).toBe(anOrderId);
});
