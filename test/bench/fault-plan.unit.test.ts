import { expect, test } from 'vitest';
import { planFaults } from '../../bench/prove-events/faults.js';

const plan = { relayKills: 24, others: 18, postgres: true };

test('the same seed gives the same faults, and another one others', () => {
  expect(planFaults(7, plan)).toEqual(planFaults(7, plan));
  expect(planFaults(7, plan)).not.toEqual(planFaults(8, plan));
});

test('a plan has every kind of fault, in the order of their times, all while orders are written', () => {
  const faults = planFaults(7, plan);
  expect(faults).toHaveLength(24 + 18 + 2);
  expect(new Set(faults.map(({ kind }) => kind)).size).toBe(7);
  const times = faults.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...times)).toBeLessThan(1);
});
