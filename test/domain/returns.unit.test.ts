import { describe, expect, test } from 'vitest';
import type { Fact, FactOf } from '../../src/domain/facts.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import { keptPayments, sharesOf, type RefundShare } from '../../src/domain/refund-shares.js';
import {
  acceptedUnits,
  approvalFor,
  firstStatus,
  type Inspection,
  misfitOf,
  restockedUnits,
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

const eur = (amountMinor: number) => money(amountMinor, 'EUR');
const shipment = (index: number) => shipmentIdOf('ord_01m7y219pffzv8pj63v9wcvshh', index);
const authorized = (paymentId: string): Fact => ({
  type: 'payment.authorized',
  paymentId,
  amount: eur(3000),
});
const captured = (index: number, amountMinor: number): Fact => ({
  type: 'payment.captured',
  amount: eur(amountMinor),
  shipmentId: shipment(index),
});
const renewed = [authorized('pi_1'), captured(0, 1000), authorized('pi_2'), captured(1, 2000)];
const share = (paymentId: string, amountMinor: number) => ({ paymentId, amount: eur(amountMinor) });

test('a refund goes to the payment that the money came from, the newest first', () => {
  const kept = keptPayments(renewed, []);
  expect(kept).toEqual([share('pi_1', 1000), share('pi_2', 2000)]);
  expect(sharesOf(eur(1500), kept)).toEqual([share('pi_2', 1500)]);
  expect(sharesOf(eur(2600), kept)).toEqual([share('pi_2', 2000), share('pi_1', 600)]);
});

test.each<[string, FactOf<'payment.refunded'>, readonly RefundShare[], readonly RefundShare[]]>([
  [
    'a lost shipment was refunded from the payment that it was captured from',
    { type: 'payment.refunded', amount: eur(1000), shipmentId: shipment(0) },
    [],
    [share('pi_2', 2000)],
  ],
  [
    'what a return has refunded is counted once, by the return',
    { type: 'payment.refunded', amount: eur(500), returnId: 'ret_1', paymentId: 'pi_2' },
    [share('pi_2', 500)],
    [share('pi_1', 1000), share('pi_2', 1500)],
  ],
])('%s', (_title, refunded, promised, kept) => {
  expect(keptPayments([...renewed, refunded], promised)).toEqual(kept);
});

test('a declined or repeated authorization takes no money of its own', () => {
  const facts: Fact[] = [authorized('pi_1'), authorized('pi_1'), captured(0, 700)];
  expect(keptPayments(facts, [])).toEqual([share('pi_1', 700)]);
});
