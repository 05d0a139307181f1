import { expect, test } from 'vitest';
import { AttentionItem, type AttentionResolution } from '../../src/domain/attention-item.js';

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
  expect(item.refusalOf({ ...retry, choice: 'reship' })).toBe('reship is no choice for undo_stuck');
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
