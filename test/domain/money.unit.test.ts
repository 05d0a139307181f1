import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pointsFor, pointsLost } from '../../src/domain/loyalty.js';
import { formatMoney, money, sum, times } from '../../src/domain/money.js';
import { type ChargedLine, priceOrder, slicePrice, taxIn } from '../../src/domain/totals.js';

const eur = (amountMinor: number) => money(amountMinor, 'EUR');

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
        const amounts = lines.map(({ unit, quantity }) => times(eur(unit), quantity));
        const expected = lines.reduce((all, { unit, quantity }) => all + unit * quantity, 0);
        expect(sum(amounts, 'EUR')).toEqual(eur(expected));
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

const line = (sku: string, quantity: number, amountMinor: number): ChargedLine => ({
  sku,
  quantity,
  amount: eur(amountMinor),
});

const lines = fc.array(
  fc
    .tuple(
      fc.constantFrom('A', 'B', 'C', 'D'),
      fc.integer({ min: 1, max: 99 }),
      fc.integer({ min: 0, max: 99_999 }),
    )
    .map(([sku, quantity, unitMinor]) => line(sku, quantity, quantity * unitMinor)),
  { minLength: 1, maxLength: 20 },
);
const charges = fc.record({
  discountBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  shipping: fc.integer({ min: 0, max: 5_000 }).map(eur),
  taxBasisPoints: fc.integer({ min: 0, max: 3_000 }),
});

describe('the price of an order', () => {
  test('is 10 % off, shared out by largest remainder, with the fee and the tax that is in it', () => {
    const { lines: charged, totals } = priceOrder(
      [line('A', 1, 333), line('B', 1, 333), line('C', 1, 335)],
      { discountBasisPoints: 1_000, shipping: eur(590), taxBasisPoints: 1_900 },
    );
    expect(totals).toEqual({
      items: eur(1_001),
      discount: eur(100),
      shipping: eur(590),
      taxIncluded: eur(238),
      total: eur(1_491),
    });
    const due = charged.reduce((total, { amount }) => total + amount.amountMinor, 0);
    expect(due).toBe(901);
  });

  test('loses no cent, whatever is bought', () => {
    fc.assert(
      fc.property(lines, charges, (bought, asked) => {
        const { lines: charged, totals } = priceOrder(bought, asked);
        const due = charged.reduce((total, { amount }) => total + amount.amountMinor, 0);
        expect(due + totals.shipping.amountMinor).toBe(totals.total.amountMinor);
        expect(totals.items.amountMinor - totals.discount.amountMinor).toBe(due);
        expect(totals.taxIncluded.amountMinor).toBeLessThanOrEqual(totals.total.amountMinor);
        const amounts = [...charged.map(({ amount }) => amount), ...Object.values(totals)];
        for (const { amountMinor } of amounts) {
          expect(Number.isSafeInteger(amountMinor) && amountMinor >= 0).toBe(true);
        }
        expect(charged.map(({ sku, quantity }) => [sku, quantity])).toEqual(
          bought.map(({ sku, quantity }) => [sku, quantity]),
        );
      }),
    );
  });
});

describe('the tax in a gross amount', () => {
  test.each([
    [1_190, 1_900, 190],
    [1_780, 1_900, 284],
    [0, 1_900, 0],
    [1_000, 0, 0],
    [605, 2_100, 105],
  ])('of %i at %i basis points is %i', (gross, rate, tax) => {
    expect(taxIn(eur(gross), rate)).toEqual(eur(tax));
  });
});

describe('a part of a line', () => {
  test('adds up with the others to the line, however it is cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(cuts, fc.integer({ min: 0, max: 99_999 }), (sizes, amountMinor) => {
        const quantity = sizes.reduce((total, size) => total + size, 0);
        const whole = line('A', quantity, amountMinor);
        let before = 0;
        let total = 0;
        for (const size of sizes) {
          total += slicePrice(whole, before, size).amountMinor;
          before += size;
        }
        expect(total).toBe(amountMinor);
      }),
    );
  });

  test('is no part when it is more than the line', () => {
    expect(() => slicePrice(line('A', 2, 100), 1, 2)).toThrow(RangeError);
    expect(() => slicePrice(line('A', 2, 100), -1, 1)).toThrow(RangeError);
  });
});

test('an order gives a point for each whole unit of the currency', () => {
  expect(pointsFor(eur(1_780))).toBe(17);
  expect(pointsFor(eur(99))).toBe(0);
  expect(pointsFor(money(1_780, 'JPY'))).toBe(1_780);
});

describe('the points that returns cost', () => {
  test('are those for what was kept before, less those for what is kept after', () => {
    expect(pointsLost(eur(1_780), eur(890))).toBe(9);
    expect(pointsLost(eur(890), eur(890))).toBe(8);
    expect(pointsLost(eur(890), eur(0))).toBe(0);
  });

  test('are all that the order gave once everything is back, in whatever parts it comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 8 }), (parts) => {
        const paid = parts.reduce((sum, part) => sum + part, 0);
        let kept = paid;
        let lost = 0;
        for (const part of parts) {
          const points = pointsLost(eur(kept), eur(part));
          expect(points).toBeGreaterThanOrEqual(0);
          lost += points;
          kept -= part;
        }
        expect(lost).toBe(pointsFor(eur(paid)));
      }),
    );
  });

  test('cannot be counted when more comes back than was paid', () => {
    expect(() => pointsLost(eur(40), eur(60))).toThrow(RangeError);
  });
});
