import type { RetryPolicy } from './backoff.js';

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
