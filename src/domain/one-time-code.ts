/** Six digits: with five tries for each of three codes a guess succeeds once in 66 667 orders. */
export const codeDigits = 6;
export const triesPerCode = 5;
export const codesPerOrder = 3;

export type CodeChannel = 'email' | 'sms';

export type CodeVerdict =
  | { readonly kind: 'verified' }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  | { readonly kind: 'expired' }
  /** This code has no tries left; another may be asked for while there are any. */
  | { readonly kind: 'exhausted' };

/** What a try comes to. @param code as it stood before the try */
export function verdictOn(
  code: { readonly triesLeft: number; readonly isExpired: boolean },
  isRight: boolean,
): CodeVerdict {
  if (code.triesLeft === 0) return { kind: 'exhausted' };
  if (code.isExpired) return { kind: 'expired' };
  if (isRight) return { kind: 'verified' };
  const triesLeft = code.triesLeft - 1;
  return triesLeft === 0 ? { kind: 'exhausted' } : { kind: 'wrong', triesLeft };
}
