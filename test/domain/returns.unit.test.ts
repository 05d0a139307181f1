import { describe, expect, it } from 'vitest';
import { money } from '../../src/domain/money.js';
import { approvalFor, firstStatus, type ReturnReason } from '../../src/domain/returns.js';

const limits = { approvalAmountMinor: 20_000 };
const asked = (amountMinor: number, ...reasons: ReturnReason[]) =>
  approvalFor({ amount: money(amountMinor, 'EUR'), reasons }, limits);

describe('a return that a person has to approve', () => {
  it('is one of goods that cost the limit or more', () => {
    expect(asked(19_999, 'changed_mind')).toEqual([]);
    expect(asked(20_000, 'changed_mind')).toEqual(['large_amount']);
  });

  it('is one of goods that are said to be damaged, be it one line of many', () => {
    expect(asked(100, 'changed_mind', 'damaged')).toEqual(['damaged_goods']);
  });

  it('names every rule that applies', () => {
    expect(asked(20_000, 'damaged')).toEqual(['large_amount', 'damaged_goods']);
  });
});

it('a return waits for approval only where a rule asks for it', () => {
  expect(firstStatus([])).toBe('requested');
  expect(firstStatus(['large_amount'])).toBe('awaiting_approval');
});
