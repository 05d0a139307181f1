import { describe, expect, test } from 'vitest';
import { money } from '../../src/domain/money.js';
import {
  acceptedUnits,
  approvalFor,
  firstStatus,
  misfitOf,
  restockedUnits,
  type Inspection,
  type ReturnReason,
} from '../../src/domain/returns.js';

const limits = { approvalAmountMinor: 20_000 };
const asked = (amountMinor: number, ...reasons: ReturnReason[]) =>
  approvalFor({ amount: money(amountMinor, 'EUR'), reasons }, limits);

describe('a return that a person has to approve', () => {
  test('is one of goods that cost the limit or more', () => {
    expect(asked(19_999, 'changed_mind')).toEqual([]);
    expect(asked(20_000, 'changed_mind')).toEqual(['large_amount']);
  });

  test('is one of goods that are said to be damaged, be it one line of many', () => {
    expect(asked(100, 'changed_mind', 'damaged')).toEqual(['damaged_goods']);
  });

  test('names every rule that applies', () => {
    expect(asked(20_000, 'damaged')).toEqual(['large_amount', 'damaged_goods']);
  });
});

test('a return waits for approval only where a rule asks for it', () => {
  expect(firstStatus([])).toBe('requested');
  expect(firstStatus(['large_amount'])).toBe('awaiting_approval');
});

describe('an inspection', () => {
  const returned = [{ sku: 'TEA', quantity: 2 }];
  const inspected = (...lines: readonly unknown[]) => ({ by: 'ada', lines }) as Inspection;
  const restock = { sku: 'TEA', quantity: 1, verdict: 'restock' };

  test('may give units of one SKU several verdicts', () => {
    const inspection = inspected(restock, { ...restock, verdict: 'refuse' });
    expect(misfitOf(returned, inspection)).toBeUndefined();
    expect(acceptedUnits(inspection)).toEqual([{ sku: 'TEA', quantity: 1 }]);
    expect(restockedUnits(inspection)).toEqual([{ sku: 'TEA', quantity: 1 }]);
  });

  test('is refused for units that were not returned, and for an unknown verdict', () => {
    const twice = { ...restock, quantity: 2 };
    expect(misfitOf(returned, inspected(restock, twice))).toBe('2 of TEA are not in the return.');
    expect(misfitOf(returned, inspected({ ...restock, quantity: 0 }))).toMatch(/^0 of TEA/);
    expect(misfitOf(returned, inspected({ ...restock, verdict: 'eat' }))).toMatch(/needs one of/);
    expect(misfitOf(returned, { by: 'ada' } as Inspection)).toMatch(/a list/);
  });

  test('may find nothing', () => {
    expect(misfitOf(returned, inspected())).toBeUndefined();
  });
});
