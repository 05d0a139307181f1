import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  attemptStatementMs,
  callLimitMs,
  providerCallMs,
  providerOperationMs,
  withinOperation,
} from '../../src/adapters/time-limits.js';
import { ProviderUnavailable } from '../../src/domain/failures.js';

describe('the time of a call', () => {
  test('is its own outside of an operation', () => {
    expect(callLimitMs(400)).toBe(400);
  });

  test('is its own while the operation has more than that left', async () => {
    expect(await withinOperation(() => Promise.resolve(callLimitMs(400)), 1_000)).toBe(400);
  });

  test('is what its operation has left', async () => {
    const left = await withinOperation(async () => {
      await pause(50);
      return callLimitMs(400);
    }, 200);
    expect(left).toBeLessThanOrEqual(151);
    expect(left).toBeGreaterThan(0);
  });

  test('is over with its operation, and may come another time', async () => {
    const late = withinOperation(async () => {
      await pause(20);
      return callLimitMs(400);
    }, 10);
    await expect(late).rejects.toBeInstanceOf(ProviderUnavailable);
  });

  test('is no other operation’s', async () => {
    const [short, long] = await Promise.all([
      withinOperation(() => Promise.resolve(callLimitMs(400)), 100),
      withinOperation(() => Promise.resolve(callLimitMs(400)), 10_000),
    ]);
    expect(short).toBeLessThanOrEqual(100);
    expect(long).toBe(400);
  });
});

test('leaves an attempt of 10 s half a second to report its failure', () => {
  expect(providerCallMs).toBeLessThanOrEqual(5_000);
  expect(providerOperationMs + attemptStatementMs).toBeLessThanOrEqual(9_500);
});
