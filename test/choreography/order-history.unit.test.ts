import { expect, test } from 'vitest';
import {
  authorized,
  eur,
  first,
  compensating,
  inTwoParcels,
  orderId,
  placed,
  second,
  historyOf,
} from './histories.js';

test('parcels are worth together what the order costs', () => {
  const { parcels } = historyOf(placed, inTwoParcels);
  expect(parcels.map(({ shipmentId }) => shipmentId)).toEqual([first, second]);
  expect(parcels.map(({ amount }) => amount)).toEqual([eur(750), eur(750)]);
});

test('there are no parcels before the goods are reserved', () => {
  expect(historyOf(placed).parcels).toEqual([]);
});

test('the current event is found by its sequence, and is of the type that is asked for', () => {
  const history = historyOf(placed, authorized);
  expect(history.current('payment.authorized')).toMatchObject({ paymentId: 'pi_1', sequence: 2 });
  expect(() => history.current('order.placed')).toThrow(`${orderId} 2 is no order.placed`);
});

test('a shipment that is not the order’s is refused', () => {
  expect(() => historyOf(placed, inTwoParcels).parcel('shp_of_another')).toThrow('sends no');
});

test('an order that does not say what was ordered is refused', () => {
  expect(() => historyOf({ type: 'order.placed', total: eur(1) }).placed).toThrow('does not say');
});

test('an order compensates once the start of the compensation is recorded', () => {
  expect(historyOf(placed).isCompensating).toBe(false);
  expect(historyOf(placed, compensating('cancelled')).isCompensating).toBe(true);
});
