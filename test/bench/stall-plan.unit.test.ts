import { describe, expect, test } from 'vitest';
import { fateOf } from '../../bench/prove-stalls/judges/cancels.js';
import { readStallOptions } from '../../bench/prove-stalls/options.js';
import { planRounds } from '../../bench/prove-stalls/plan.js';

describe('the plan of a proof of stalls', () => {
  test('is the same for the same seed, and another one for another', () => {
    expect(planRounds(7, 30, 10)).toEqual(planRounds(7, 30, 10));
    expect(planRounds(7, 30, 10)).not.toEqual(planRounds(8, 30, 10));
  });

  test('has each order once, and something that happens to the worker in each round', () => {
    const rounds = planRounds(1, 25, 10);
    expect(rounds.map(({ orders }) => orders.length)).toEqual([10, 10, 5]);
    const customers = rounds.flatMap(({ orders }) => orders.map(({ basket }) => basket.customerId));
    expect(new Set(customers).size).toBe(25);
  });

  test('has stalls of all lengths, kills, and cancels of both kinds', () => {
    const rounds = planRounds(1, 300, 10);
    const stalls = rounds.flatMap(({ disturbance }) =>
      disturbance.kind === 'stall' ? [disturbance.lastsMs] : [],
    );
    expect(stalls.length).toBeLessThan(rounds.length);
    expect(Math.min(...stalls)).toBeGreaterThanOrEqual(600);
    expect(Math.max(...stalls)).toBeLessThanOrEqual(20_000);
    expect(stalls.some((ms) => ms > 15_000) && stalls.some((ms) => ms < 5_000)).toBe(true);
    const ways = rounds.flatMap(({ orders }) => orders.map(({ cancel }) => cancel?.by));
    expect(new Set(ways)).toEqual(new Set(['api', 'signal', undefined]));
  });

  test('cancels no order before it is placed', () => {
    const orders = planRounds(1, 300, 10).flatMap((round) => round.orders);
    const early = orders.filter(
      ({ cancel, placedAfterMs }) => cancel !== undefined && cancel.afterMs < placedAfterMs,
    );
    expect(early).toEqual([]);
  });
});

describe('a cancel', () => {
  const taken = { by: 'signal', answer: 'taken' } as const;
  const order = { status: 'delivered', facts: ['order.placed'], waits: [] };

  test('is lost when the order went on and nothing says why', () => {
    expect(fateOf(taken, order)).toBe('lost');
  });

  test('is not lost when it was refused, in the answer or on record', () => {
    expect(fateOf({ by: 'api', answer: 'refused' }, order)).toBe('refused');
    expect(fateOf(taken, { ...order, facts: ['order.cancel_refused'] })).toBe('refused');
  });

  test('may wait for a person, but only when the order knows of it', () => {
    const waiting = { ...order, status: 'compensating', waits: ['attention: undo_stuck'] };
    expect(fateOf(taken, waiting)).toBe('lost');
    expect(fateOf(taken, { ...waiting, facts: ['order.cancel_requested'] })).toBe(
      'waits for a person',
    );
  });

  test('must be answered', () => {
    expect(fateOf({ by: 'api', answer: 'unanswered' }, order)).toBe('unanswered');
  });
});

test.each([
  [['--orders', '0'], '--orders: not a count: 0'],
  [['--seed', 'x'], '--seed: not a count: x'],
])('%j is refused by name', (args, message) => {
  expect(() => readStallOptions(args)).toThrow(message);
});
