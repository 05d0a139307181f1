import { timingSafeEqual } from 'node:crypto';

/** Compares in a time that does not tell how much of the text was right. */
export function isSameText(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
