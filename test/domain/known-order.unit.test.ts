import { expect, test } from 'vitest';
import { ForbiddenTransition } from '../../src/domain/evolve.js';
import type { Fact } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import { KnownOrder } from '../../src/domain/known-order.js';
import { money } from '../../src/domain/money.js';

const orderId: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
const placedAt = '2026-01-05T10:00:00.000Z';
const later = '2026-01-05T11:00:00.000Z';

const placed = () => new KnownOrder({ orderId, total: money(4_200, 'EUR'), placedAt });

function knownBy(...facts: readonly Fact[]): KnownOrder {
  const order = placed();
  facts.forEach((fact, index) => {
    order.apply({ ...fact, sequence: index + 2, at: later });
  });
  return order;
}

const stuck = { reason: 'undo_stuck', subject: 'voidLabel' } as const;
const raised: Fact = { type: 'attention.raised', ...stuck, owner: 'support', choices: ['retry'] };
const ended: Fact = { type: 'order.cancelled', by: 'ada', reason: 'too slow' };
const compensating: Fact = { type: 'compensation.started', cause: 'cancelled', undos: [] };

test('says where the order stands since when, and what happened', () => {
  const order = knownBy({ type: 'approval.requested', reasons: [] });
  expect(order.summary()).toMatchObject({ status: 'awaiting_approval', since: later });
  expect(order.timeline.map(({ type }) => type)).toEqual(['order.placed', 'approval.requested']);
  expect(order.hasHappened('approval.requested')).toBe(true);
});

test('needs attention while an item is open', () => {
  expect(knownBy(raised).summary().needsAttention).toBe(true);
  const closed = knownBy(raised, { type: 'attention.resolved', ...stuck });
  expect(closed.summary().needsAttention).toBe(false);
});

test('moves no more by what was done beside its compensation, and forbids the rest', () => {
  const beside: Fact = { type: 'approval.requested', reasons: [] };
  const order = knownBy(compensating, beside);
  expect(order.state.status).toBe('compensating');
  expect(order.hasHappened('approval.requested')).toBe(true);
  expect(() => knownBy(ended, beside)).toThrow(ForbiddenTransition);
});

test('has one effect by a fact, and keeps its state while nothing changes', () => {
  const order = knownBy({ type: 'approval.requested', reasons: [] });
  const { state } = order;
  order.apply({ type: 'order.approved', by: 'ada', reason: 'fine', sequence: 2, at: later });
  order.apply({ type: 'approval.reminded', sequence: 3, at: later });
  expect(order.state).toBe(state);
  expect(order.timeline).toHaveLength(3);
});
