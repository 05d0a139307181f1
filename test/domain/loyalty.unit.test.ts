import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pointsFor, pointsLost } from '../../src/domain/loyalty.js';
import { money } from '../../src/domain/money.js';

const euros = (amountMinor: number) => money(amountMinor, 'EUR');

test('gives a point for each whole unit of the currency', () => {
  expect(pointsFor(euros(1_780))).toBe(17);
  expect(pointsFor(euros(99))).toBe(0);
  expect(pointsFor(money(1_780, 'JPY'))).toBe(1_780);
});

describe('the points that returns cost', () => {
  test('are those for what was kept before, less those for what is kept after', () => {
    expect(pointsLost(euros(1_780), euros(0), euros(890))).toBe(9);
    expect(pointsLost(euros(1_780), euros(890), euros(890))).toBe(8);
  });

  test('are nothing for a return of nothing', () => {
    expect(pointsLost(euros(1_780), euros(890), euros(0))).toBe(0);
  });

  test('are all that the order gave once everything is back, in whatever parts it comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 8 }), (parts) => {
        const paid = parts.reduce((sum, part) => sum + part, 0);
        let before = 0;
        let lost = 0;
        for (const part of parts) {
          const points = pointsLost(euros(paid), euros(before), euros(part));
          expect(points).toBeGreaterThanOrEqual(0);
          lost += points;
          before += part;
        }
        expect(lost).toBe(pointsFor(euros(paid)));
      }),
    );
  });

  test('cannot be reckoned when more comes back than was paid', () => {
    expect(() => pointsLost(euros(100), euros(60), euros(60))).toThrow(RangeError);
  });
});
