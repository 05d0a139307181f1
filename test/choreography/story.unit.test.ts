import { expect, test } from 'vitest';
import {
  authorized,
  eur,
  first,
  goingBack,
  inTwoParcels,
  orderId,
  placed,
  second,
  storyOf,
} from './stories.js';

test('parcels are worth together what the order costs', () => {
  const { parcels } = storyOf(placed, inTwoParcels);
  expect(parcels.map(({ shipmentId }) => shipmentId)).toEqual([first, second]);
  expect(parcels.map(({ amount }) => amount)).toEqual([eur(750), eur(750)]);
});

test('there are no parcels before the goods are set aside', () => {
  expect(storyOf(placed).parcels).toEqual([]);
});

test('the event at hand is told by its place, and is of the type that is asked for', () => {
  const story = storyOf(placed, authorized);
  expect(story.told('payment.authorized')).toMatchObject({ paymentId: 'pi_1', sequence: 2 });
  expect(() => story.told('order.placed')).toThrow(`${orderId} 2 is no order.placed`);
});

test('a shipment that is not the order’s is refused', () => {
  expect(() => storyOf(placed, inTwoParcels).parcel('shp_of_another')).toThrow('sends no');
});

test('an order that does not say what was ordered is refused', () => {
  expect(() => storyOf({ type: 'order.placed', total: eur(1) }).placed).toThrow('does not say');
});

test('an order goes back once somebody has said so', () => {
  expect(storyOf(placed).isGoingBack).toBe(false);
  expect(storyOf(placed, goingBack('cancelled')).isGoingBack).toBe(true);
});
