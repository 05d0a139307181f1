import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evolve, ForbiddenTransition } from '../../src/domain/evolve.js';
import type { FactType } from '../../src/domain/facts.js';
import {
  isEnded,
  orderStatuses,
  placed,
  transitions,
  type OrderState,
} from '../../src/domain/order-state.js';

const moving: readonly FactType[] = [
  'inventory.reserved',
  'inventory.released',
  'payment.authorized',
  'payment.declined',
  'payment.captured',
  'payment.voided',
  'payment.refunded',
  'order.confirmed',
  'shipment.created',
  'shipment.handed_over',
  'shipment.delivered',
  'compensation.started',
  'order.delivered',
  'order.cancelled',
  'order.rejected',
  'order.failed',
];

const type = (fact: FactType) => ({ type: fact });

test('every status can be reached from where an order begins', () => {
  const reached = new Set(['pending']);
  for (const status of reached) {
    for (const next of transitions[status as keyof typeof transitions]) reached.add(next);
  }
  expect([...reached].sort()).toEqual([...orderStatuses].sort());
});

test('every end is final, and only delivered, cancelled, rejected and failed are ends', () => {
  const ends = orderStatuses.filter((status) => isEnded({ status }));
  expect([...ends].sort()).toEqual(['cancelled', 'delivered', 'failed', 'rejected']);
});

test('an order that runs without trouble ends delivered and captured', () => {
  const story: readonly FactType[] = [
    'inventory.reserved',
    'payment.authorized',
    'order.confirmed',
    'shipment.created',
    'payment.captured',
    'shipment.handed_over',
    'shipment.delivered',
    'order.delivered',
  ];
  expect(story.map(type).reduce(evolve, placed)).toEqual({
    status: 'delivered',
    stage: 'done',
    paymentStatus: 'captured',
    fulfillmentStatus: 'delivered',
  });
});

test('no fact moves an order out of an end, or along a way that the table does not know', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...moving), { maxLength: 30 }), (facts) => {
      let state: OrderState = placed;
      for (const fact of facts) {
        const before = state;
        try {
          state = evolve(before, type(fact));
        } catch (error) {
          expect(error).toBeInstanceOf(ForbiddenTransition);
          continue;
        }
        if (state.status === before.status) continue;
        expect(isEnded(before)).toBe(false);
        expect(transitions[before.status]).toContain(state.status);
      }
    }),
  );
});

test('a fact beside the main line changes nothing', () => {
  expect(evolve(placed, type('confirmation.sent'))).toEqual(placed);
  expect(evolve(placed, type('shipment.scanned'))).toEqual(placed);
});
