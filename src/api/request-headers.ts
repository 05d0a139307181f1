import type { Request } from 'express';
import { problem, type Problem } from './problem.js';

/** Longer waits are cut to this; a client polls when it wants to know more. */
const maxWaitSeconds = 30;

const keyPattern = /^[\x20-\x7e]{16,255}$/;

export const isIdempotencyKey = (key: string): boolean => keyPattern.test(key);

/** The key, or the problem with it. */
export function idempotencyKey(request: Request): string | Problem {
  const key = request.get('Idempotency-Key');
  if (key === undefined || key === '') return problem('idempotency_key_missing');
  return isIdempotencyKey(key) ? key : invalidKey;
}

export const invalidKey = problem('idempotency_key_invalid', {
  detail: 'A key has 16 to 255 printable ASCII characters.',
});

/** Seconds of `Prefer: wait=N`, at most 30; 0 when the client does not want to wait. */
export function preferredWaitSeconds(request: Request): number {
  const match = /(?:^|,)\s*wait=(\d{1,6})\s*(?:[,;]|$)/i.exec(request.get('Prefer') ?? '');
  return Math.min(Number(match?.[1] ?? 0), maxWaitSeconds);
}
