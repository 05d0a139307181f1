import { describe, expect, test } from 'vitest';
import {
  holdExpiryMs,
  holdExtensionMs,
  serviceLevelNames,
  serviceLevels,
  standardServiceLevel,
} from '../../src/domain/service-level.js';

describe.each(serviceLevelNames)('the service level %s', (name) => {
  const level = serviceLevels[name];

  test('reminds before it expires, and warns before it escalates before it gives up', () => {
    expect(level.approval.remindMs).toBeLessThan(level.approval.expireMs);
    expect(level.shortage.remindMs).toBeLessThan(level.shortage.decideMs);
    expect(level.handOver.warnMs).toBeLessThan(level.handOver.escalateMs);
    expect(level.delivery.warnMs).toBeLessThan(level.delivery.escalateMs);
    expect(level.delivery.escalateMs).toBeLessThan(level.delivery.giveUpMs);
  });

  test('lets a code expire before the wait for it does', () => {
    expect(level.code.validMs).toBeLessThan(level.code.expireMs);
  });

  test('has whole milliseconds for every wait, and none that does not end', () => {
    const waits = Object.values(level).flatMap((wait) =>
      typeof wait === 'number' ? [wait] : Object.values(wait as Record<string, number>),
    );
    expect(waits.length).toBeGreaterThan(15);
    for (const waitMs of waits) {
      expect(Number.isSafeInteger(waitMs)).toBe(true);
      expect(waitMs).toBeGreaterThan(0);
    }
  });
});

test('an order that lives keeps its hold from expiring, with days to spare', () => {
  const dayMs = 86_400_000;
  expect(holdExpiryMs - holdExtensionMs).toBeGreaterThanOrEqual(7 * dayMs);
});

test('a hold outlasts every wait before the hand-over', () => {
  const { shortage, payment, address, handOver } = standardServiceLevel;
  const waits = [shortage.backorderMs, payment.retryMs, address.fixMs, handOver.escalateMs];
  expect(Math.max(...waits)).toBeLessThan(holdExpiryMs);
});
