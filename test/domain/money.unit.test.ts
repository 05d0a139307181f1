import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMoney, money, sum, times } from '../../src/domain/money.js';

test.each([0.5, -1, Number.NaN, 1e309, Number.MAX_SAFE_INTEGER + 1])(
  '%s is no amount in minor units',
  (amount) => {
    expect(() => money(amount, 'EUR')).toThrow(RangeError);
  },
);

test('lines add up to the cent, where floating point would not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ unit: fc.nat(1_000_000), quantity: fc.nat(1_000) }), { maxLength: 50 }),
      (lines) => {
        const total = sum(
          lines.map(({ unit, quantity }) => times(money(unit, 'EUR'), quantity)),
          'EUR',
        );
        const expected = lines.reduce((all, { unit, quantity }) => all + unit * quantity, 0);
        expect(total).toEqual({ amountMinor: expected, currency: 'EUR' });
      },
    ),
  );
});

test('amounts of different currencies never add up', () => {
  expect(() => sum([money(1, 'EUR'), money(1, 'USD')], 'EUR')).toThrow();
});

test('a product that is too large to be exact is refused', () => {
  expect(() => times(money(Number.MAX_SAFE_INTEGER, 'EUR'), 2)).toThrow(RangeError);
});

test('amounts are shown with the decimals of their currency', () => {
  expect(formatMoney(money(4200, 'EUR'))).toBe('42.00 EUR');
  expect(formatMoney(money(4200, 'JPY'))).toBe('4200 JPY');
});
