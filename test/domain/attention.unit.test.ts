import { describe, expect, test } from 'vitest';
import {
  attentionKinds,
  attentionOwners,
  attentionReasons,
  choicesFor,
} from '../../src/domain/attention.js';

describe.each(attentionReasons)('%s', (reason) => {
  test('stands in the queue of somebody', () => {
    expect(attentionOwners).toContain(attentionKinds[reason].owner);
  });

  test('offers something to decide, each choice once', () => {
    const choices = choicesFor(reason);
    expect(choices.length).toBeGreaterThan(0);
    expect(new Set(choices).size).toBe(choices.length);
  });
});

test('every queue has something that can land in it', () => {
  const owners = attentionReasons.map((reason) => attentionKinds[reason].owner);
  expect([...new Set(owners)].sort()).toEqual([...attentionOwners].sort());
});

test('only an order that waits can be told to wait on, to refund or to send again', () => {
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
