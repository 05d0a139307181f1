export interface RetryPolicy {
  /** How often an event is tried before it becomes a dead letter, the first time included. */
  readonly maxAttempts: number;
  /** The longest wait after the first failure, in milliseconds; doubled after each further one. */
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * The wait before the next attempt: exponential with full jitter, so that what failed together does
 * not come back together.
 * @param failures at least 1
 * @param random from 0 to below 1
 * @returns milliseconds
 */
export function backoffMs(
  { baseMs, capMs }: Pick<RetryPolicy, 'baseMs' | 'capMs'>,
  failures: number,
  random = Math.random(),
): number {
  return Math.floor(random * Math.min(capMs, baseMs * 2 ** (failures - 1)));
}
