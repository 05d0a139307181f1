import { describe, expect, test } from 'vitest';
import { money } from '../../src/domain/money.js';
import {
  codeDigits,
  codesPerOrder,
  triesPerCode,
  verdictOn,
} from '../../src/domain/one-time-code.js';
import {
  assess,
  nothingToVerify,
  type RiskBasis,
  type RiskRuleName,
  riskRules,
} from '../../src/domain/risk.js';

const limits = {
  approvalAmountMinor: 100_000,
  ordersPerCustomerPerHour: 3,
  ordersPerCardPerHour: 4,
};

/** An order just below every limit. */
const quiet: RiskBasis = {
  total: money(99_999, 'EUR'),
  ordersOfCustomerInAnHour: 2,
  ordersOfCardInAnHour: 3,
  shippingCountry: 'DE',
  billingCountry: 'DE',
};

/** For each rule an order at its limit, and nothing else about it. */
const atTheLimit: Readonly<Record<RiskRuleName, Partial<RiskBasis>>> = {
  large_amount: { total: money(100_000, 'EUR') },
  busy_customer: { ordersOfCustomerInAnHour: 3 },
  busy_card: { ordersOfCardInAnHour: 4 },
  other_country: { billingCountry: 'FR' },
};

test('an order below every limit needs nothing', () => {
  expect(assess(quiet, limits)).toEqual(nothingToVerify);
});

test('an order of a customer who does not say where his card comes from needs nothing', () => {
  expect(assess({ ...quiet, billingCountry: undefined }, limits)).toEqual(nothingToVerify);
});

describe.each(Object.keys(riskRules) as RiskRuleName[])('%s', (name) => {
  test('applies at its limit, alone, and asks for what the table says', () => {
    const asked = assess({ ...quiet, ...atTheLimit[name] }, limits);
    expect(asked).toEqual({ ...nothingToVerify, [riskRules[name].asksFor]: [name] });
  });

  test('explains itself', () => {
    expect(riskRules[name].explanation).toMatch(/^[A-Z].{20,}\.$/);
  });
});

test('an order has all the reasons that apply to it', () => {
  const worst = Object.assign({}, quiet, ...Object.values(atTheLimit)) as RiskBasis;
  expect(assess(worst, limits)).toEqual({
    approval: ['large_amount', 'busy_customer', 'busy_card'],
    code: ['other_country'],
  });
});

test.each([
  [{ triesLeft: 5, isExpired: false }, true, { kind: 'verified' }],
  [{ triesLeft: 1, isExpired: false }, true, { kind: 'verified' }],
  [{ triesLeft: 5, isExpired: false }, false, { kind: 'wrong', triesLeft: 4 }],
  [{ triesLeft: 1, isExpired: false }, false, { kind: 'exhausted' }],
  [{ triesLeft: 0, isExpired: false }, true, { kind: 'exhausted' }],
  [{ triesLeft: 0, isExpired: true }, true, { kind: 'exhausted' }],
  [{ triesLeft: 5, isExpired: true }, true, { kind: 'expired' }],
  [{ triesLeft: 5, isExpired: true }, false, { kind: 'expired' }],
])('a try at a code that is %j, right: %s, comes to %j', (code, isRight, verdict) => {
  expect(verdictOn(code, isRight)).toEqual(verdict);
});

test('a guess succeeds less than once in 60 000 orders', () => {
  expect((codesPerOrder * triesPerCode) / 10 ** codeDigits).toBeLessThan(1 / 60_000);
});
