import { describe, expect, test } from 'vitest';
import { AttentionItem, type AttentionResolution } from '../../src/domain/attention-item.js';
import {
  attentionKinds,
  attentionOwners,
  attentionReasons,
  choicesFor,
} from '../../src/domain/attention.js';

test.each(attentionReasons)(
  'an item for %s offers something to decide, each choice once',
  (reason) => {
    const choices = choicesFor(reason);
    expect(choices.length).toBeGreaterThan(0);
    expect(new Set(choices).size).toBe(choices.length);
  },
);

test('every queue has something that can land in it', () => {
  const owners = attentionReasons.map((reason) => attentionKinds[reason].owner);
  expect([...new Set(owners)].sort()).toEqual([...attentionOwners].sort());
});

test('only an order that waits takes the choices to wait on, to refund and to send again', () => {
  const live = new Set(['wait', 'refund', 'reship', 'restock_and_refund']);
  const closed = attentionReasons.filter((reason) => !attentionKinds[reason].waiting);
  expect(closed.length).toBeGreaterThan(0);
  for (const reason of closed) {
    expect(choicesFor(reason).filter((choice) => live.has(choice))).toEqual([]);
  }
});

test('what keeps failing can be tried again, declared done, or given up with a reason', () => {
  for (const reason of ['undo_stuck', 'side_step_failed', 'service_gave_up'] as const) {
    expect(choicesFor(reason)).toEqual(['retry', 'mark_done', 'waive']);
  }
});

describe('an attention item', () => {
  const open = () => new AttentionItem('att_1', 'undo_stuck', 'voidLabel:shp_1');
  const retry: AttentionResolution = {
    attentionId: 'att_1',
    choice: 'retry',
    by: 'ada',
    note: 'provider is back',
  };

  test('takes one of its choices, and ends with who decided what', () => {
    const item = open();
    expect(item.refusalOf(retry)).toBeUndefined();
    expect(item.endedBy(retry)).toEqual({
      type: 'attention.resolved',
      reason: 'undo_stuck',
      subject: 'voidLabel:shp_1',
      by: 'ada',
      choice: 'retry',
      note: 'provider is back',
    });
  });

  test('refuses another choice, a second person, and what needs nobody any more', () => {
    const item = open();
    const other = { ...retry, choice: 'reship' } as const;
    expect(item.refusalOf(other)).toBe('reship is no choice for undo_stuck');
    item.isClosed = true;
    expect(item.refusalOf(retry)).toBe('It needs nobody any more');
    item.decision = retry;
    expect(item.refusalOf({ ...retry, by: 'bob' })).toBe('ada has decided already: retry');
  });

  test('knows the same decision of the same person', () => {
    const item = open();
    expect(item.isRepeatedBy(retry)).toBe(false);
    item.decision = retry;
    expect(item.isRepeatedBy(retry)).toBe(true);
    expect(item.isRepeatedBy({ ...retry, choice: 'waive' })).toBe(false);
  });
});
