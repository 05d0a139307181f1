import { describe, expect, test } from 'vitest';
import { ForbiddenTransition } from '../../src/domain/evolve.js';
import type { Fact, RecordedFact } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import { KnownOrder } from '../../src/domain/known-order.js';
import { money } from '../../src/domain/money.js';
import { storyOf } from '../../src/domain/order-story.js';

const at = '2026-12-05T14:00:07.000Z';
const standing = {
  status: 'confirmed',
  stage: 'hand_over',
  paymentStatus: 'captured',
  fulfillmentStatus: 'reserved',
  since: at,
  needsAttention: false,
} as const;

const recorded = (...facts: object[]): RecordedFact[] =>
  facts.map((fact, index) => ({ ...fact, sequence: index + 1, at }) as RecordedFact);

const placed = { type: 'order.placed', total: money(1780, 'EUR') };

describe('the story of an order', () => {
  test('says where the order stands and what it does, then what happened, with amounts', () => {
    const [first, table] = storyOf(standing, recorded(placed)).split('\n\n');
    expect(first).toContain('**confirmed** since 5 Dec 14:00 UTC');
    expect(first).toContain('Doing now: hand_over');
    const rows = table?.split('\n') ?? [];
    expect(rows[0]).toBe('| time (UTC) | what | amount or reason |');
    expect(rows[2]?.replaceAll('\u00a0', ' ')).toMatch(
      /^\| 5 Dec 14:00:07 +\| order.placed +\| 17.80 EUR \|$/,
    );
  });

  test.each([
    [{ type: 'order.rejected', reason: 'payment_declined' }, 'rejected', 'payment_declined'],
    [{ type: 'order.cancelled', by: 'ann', reason: 'too late' }, 'cancelled', 'by ann, too late'],
    [{ type: 'order.failed', step: 'capturePayment' }, 'failed', 'capturePayment failed for good'],
  ] as const)('names the reason of an end in its first line: %o', (fact, status, reason) => {
    const ended = { ...standing, status, stage: 'done' } as const;
    const [first] = storyOf(ended, recorded(placed, fact)).split('\n');
    expect(first).toContain(`**${status}** since 5 Dec 14:00 UTC: ${reason}.`);
    expect(first).not.toContain('Doing now');
  });

  test('names what a person decided, and leaves out what needed nobody', () => {
    const resolved = { type: 'attention.resolved', reason: 'undo_stuck', subject: 'voidLabel' };
    const decided = { ...resolved, by: 'ann', choice: 'waive', note: 'gone' };
    const text = storyOf(standing, recorded(placed, decided, resolved));
    expect(text).toContain('ann decided on undo_stuck: waive, gone.');
    expect(text.match(/decided on/g)).toHaveLength(1);
  });

  test('lets no text of a person break the table', () => {
    const text = storyOf(
      standing,
      recorded({ type: 'order.cancel_requested', by: 'a', reason: 'x|\ny' }),
    );
    expect(text).toContain('| x y |');
  });
});

describe('a known order', () => {
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
});
