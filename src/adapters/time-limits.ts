import { AsyncLocalStorage } from 'node:async_hooks';
import { ProviderUnavailable } from '../domain/failures.js';

/**
 * An activity's attempt is given at most 10 s, since only that time finds a dead worker. Whatever hangs
 * has to fail before, so that its failure is seen as what it is: one call, all calls of one operation
 * (a void, a refund, a purchase) together, and a statement in our own database beside them.
 */
export const providerCallMs = 5_000;
export const providerOperationMs = 7_000;
export const attemptStatementMs = 2_500;

const endOfOperation = new AsyncLocalStorage<number>();

/** Runs an operation of several calls, none of which begins, or goes on, after the operation's time. */
export const withinOperation = <Result>(
  operation: () => Promise<Result>,
  limitMs = providerOperationMs,
): Promise<Result> => endOfOperation.run(performance.now() + limitMs, operation);

/**
 * The limit of the next call: its own, or what is left of its operation's time.
 * @throws ProviderUnavailable when nothing is left
 */
export function callLimitMs(callMs: number): number {
  const endMs = endOfOperation.getStore();
  if (endMs === undefined) return callMs;
  const leftMs = Math.ceil(endMs - performance.now());
  if (leftMs > 0) return Math.min(callMs, leftMs);
  throw new ProviderUnavailable('the time for one attempt was used up');
}
