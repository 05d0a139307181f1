import type { Database } from '../db/database.js';
import type { Consumer } from './consumer.js';

/** How a consumer is served. */
export interface ConsumerRules extends RetryPolicy {
  /** How many events it gets at once, at the most. */
  readonly batchSize: number;
  /** How long it may take over one batch, in milliseconds. */
  readonly applyLimitMs: number;
  /** How long each of its statements may take; below the limit of the connection. */
  readonly statementLimitMs: number;
}

export const defaultRules: ConsumerRules = {
  maxAttempts: 8,
  baseMs: 2_000,
  capMs: 600_000,
  batchSize: 500,
  applyLimitMs: 8_000,
  statementLimitMs: 4_000,
};

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

/** A consumer, its database, and the rules by which it is served. */
export interface ConsumerRun {
  readonly database: Database;
  readonly consumer: Consumer;
  readonly rules: ConsumerRules;
}
