import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeDigits, codesPerOrder, judge, triesPerCode } from '../../src/domain/one-time-code.js';

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
  expect(judge(code, isRight)).toEqual(verdict);
});

test('a code is never right more often than it may be tried, and never after it was used up', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 12 }), (tries) => {
      let triesLeft = triesPerCode;
      for (const [index, isRight] of tries.entries()) {
        const verdict = judge({ triesLeft, isExpired: false }, isRight);
        if (verdict.kind === 'verified') {
          expect(index).toBeLessThan(triesPerCode);
          return;
        }
        expect(verdict).toEqual(
          index < triesPerCode - 1
            ? { kind: 'wrong', triesLeft: triesPerCode - index - 1 }
            : { kind: 'exhausted' },
        );
        triesLeft = verdict.kind === 'wrong' ? verdict.triesLeft : 0;
      }
    }),
  );
});

test('a guess succeeds less than once in 60 000 orders', () => {
  expect((codesPerOrder * triesPerCode) / 10 ** codeDigits).toBeLessThan(1 / 60_000);
});
