import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesState, evolve, ForbiddenTransition } from '../../src/domain/evolve.js';
import { money } from '../../src/domain/money.js';
import {
  isEnded,
  isPastPointOfNoReturn,
  orderStatuses,
  placedWith,
  statusesOf,
  transitions,
  type OrderState,
} from '../../src/domain/order-state.js';
import { accepts } from '../../src/domain/commands.js';
import { factSamples, factTypes } from './fact-samples.js';

const moving = factTypes.filter(changesState);
const start = placedWith(money(2_000, 'EUR'));

/** The state after a fact, or undefined where the status machine does not allow it. */
function after(state: OrderState, type: (typeof factTypes)[number]): OrderState | undefined {
  try {
    return evolve(state, factSamples[type]);
  } catch (error) {
    if (error instanceof ForbiddenTransition) return undefined;
    throw error;
  }
}

/** A state for everything that can be shown of an order, whatever happens to it. */
function reachable(): readonly OrderState[] {
  const reached = new Map([[shown(start), start]]);
  for (const state of reached.values()) {
    for (const type of moving) {
      const next = after(state, type);
      if (next !== undefined && !reached.has(shown(next))) reached.set(shown(next), next);
    }
  }
  return [...reached.values()];
}

const shown = (state: OrderState): string => Object.values(statusesOf(state)).join(' ');

const paymentStatuses =
  'none requires_action authorized partially_captured captured partially_refunded refunded voided declined';
const fulfillmentStatuses =
  'none reserved backordered partially_shipped shipped delivered returned lost';

describe('what facts lead to', () => {
  const states = reachable();

  test.each([
    ['status', orderStatuses],
    ['stage', Object.keys(accepts)],
    ['paymentStatus', paymentStatuses.split(' ')],
    ['fulfillmentStatus', fulfillmentStatuses.split(' ')],
  ] as const)('every %s of an order can be reached', (name, all) => {
    const seen = new Set<string>(states.map((state) => state[name]));
    expect([...seen].sort()).toEqual([...all].sort());
  });

  test('every allowed move is made by some fact', () => {
    const made = states.flatMap((state) =>
      moving.map((type) => `${state.status} ${after(state, type)?.status ?? state.status}`),
    );
    const allowed = orderStatuses.flatMap((from) => transitions[from].map((to) => `${from} ${to}`));
    expect(allowed.filter((move) => !made.includes(move))).toEqual([]);
  });
});

test('every end is final, and only delivered, cancelled, rejected and failed are ends', () => {
  const ends = orderStatuses.filter((status) => isEnded({ status }));
  expect([...ends].sort()).toEqual(['cancelled', 'delivered', 'failed', 'rejected']);
});

test('an order is not compensated any more once a carrier has its first parcel', () => {
  const beyond = orderStatuses.filter((status) => isPastPointOfNoReturn({ status }));
  expect(beyond).toEqual(['shipped', 'delivered']);
  for (const status of beyond) expect(transitions[status]).not.toContain('compensating');
});

test('no fact moves an order out of an end or along a way that the table does not know, and all sums stay whole', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...moving), { maxLength: 40 }), (types) => {
      let state = start;
      for (const type of types) {
        const next = after(state, type) ?? state;
        if (next.status !== state.status) {
          expect(isEnded(state)).toBe(false);
          expect(transitions[state.status]).toContain(next.status);
        }
        state = next;
      }
      for (const value of Object.values(state.tally)) expect(value).toSatisfy(Number.isSafeInteger);
    }),
  );
});
