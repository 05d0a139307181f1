import { expect, test } from 'vitest';
import { team } from '../../src/teams/analytics/team.js';
import { anEvent, newOrderId } from '../events/event-log.js';
import { placed, useTeam } from './use-team.js';

const { take, ask, quarantined } = useTeam(team);

const payment = { payment_id: 'pi_1', amount: { amount_minor: 1, currency: 'EUR' } };
const at = (event: ReturnType<typeof anEvent>, time: string) => ({ ...event, time });
const figuresOf = (from: string, until: string) =>
  ask(`/v1/analytics/orders?from=${from}&until=${until}`);

test('analytics show orders per hour, the time of each stage, and the share that compensated', async () => {
  const minutes = [10, 20, 30];
  for (const [index, minute] of minutes.entries()) {
    const id = newOrderId();
    const time = (hour: number, second = 0) =>
      `2026-02-01T${String(hour).padStart(2, '0')}:${minute}:${String(second).padStart(2, '0')}.000Z`;
    const hour = index < 2 ? 9 : 10;
    await take(
      [
        at(placed(id, [{ sku: 'TEA' }]), time(hour)),
        at(anEvent(id, 2, 'inventory.reserved'), time(hour, 1 + index)),
        at(anEvent(id, 3, 'payment.authorized', payment), time(hour, 10)),
        ...(index === 2
          ? [at(anEvent(id, 4, 'compensation.started', { cause: 'cancelled' }), time(hour, 20))]
          : [at(anEvent(id, 4, 'order.confirmed'), time(hour, 30))]),
        at(anEvent(id, 5, 'inventory.reserved'), time(hour, 50)),
      ],
      index + 1,
    );
  }
  expect(await quarantined()).toEqual([]);
  const figures = await figuresOf('2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z');
  expect(figures).toMatchObject({
    orders: 3,
    compensated: { orders: 1, share: 1 / 3 },
    hours: [
      { hour: '2026-02-01T09:00:00.000Z', orders: 2, compensated: 0 },
      { hour: '2026-02-01T10:00:00.000Z', orders: 1, compensated: 1 },
    ],
  });
  expect((figures as { stages: unknown[] }).stages.slice(0, 3)).toEqual([
    { from: 'placed', to: 'reserved', orders: 3, p50_seconds: 2, p95_seconds: 2.9 },
    { from: 'reserved', to: 'authorized', orders: 3, p50_seconds: 8, p95_seconds: 8.9 },
    { from: 'authorized', to: 'confirmed', orders: 2, p50_seconds: 20, p95_seconds: 20 },
  ]);
});

test('analytics of a time without orders are empty', async () => {
  expect(await figuresOf('2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z')).toMatchObject({
    orders: 0,
    compensated: { orders: 0, share: 0 },
    hours: [],
  });
});

test.each([
  ['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z'],
  ['yesterday', 'today'],
])('analytics refuse the range from %s until %s', async (from, until) => {
  await expect(figuresOf(from, until)).rejects.toThrow();
});
