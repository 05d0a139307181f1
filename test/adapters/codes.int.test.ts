import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { postgresCodes } from '../../src/adapters/postgres-codes.js';
import { codeDigest } from '../../src/db/code-digest.js';
import { oneRow } from '../../src/db/database.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import { triesPerCode } from '../../src/domain/one-time-code.js';
import { useFixture } from '../support/use-fixture.js';
import { openOwnDatabase } from './own-database.js';

const secret = 'secret-of-the-code-tests';
const minuteMs = 60_000;

const own = useFixture(openOwnDatabase);
let codes: ReturnType<typeof postgresCodes>;
beforeAll(() => {
  codes = postgresCodes(own.database, secret);
});

const rowOf = (orderId: OrderId) =>
  oneRow<{ digest: string }>(own.database)`select * from orders.codes where order_id = ${orderId}`;

const check = (orderId: OrderId, tryNumber: number, code: string, number = 1) =>
  codes.check({ orderId, number, tryNumber, digest: codeDigest(secret, orderId, code) });

/** A code that is not the right one. */
const other = (code: string): string => (code === '000000' ? '000001' : '000000');

async function issued(number = 1) {
  const orderId = await own.newOrder();
  const { code } = await codes.issue(orderId, number, minuteMs);
  return { orderId, code };
}

async function exhausted() {
  const { orderId, code } = await issued();
  for (let tryNumber = 1; tryNumber <= triesPerCode; tryNumber += 1) {
    await check(orderId, tryNumber, other(code));
  }
  return { orderId, code };
}

test('wrong codes are counted, and the right one is verified while tries are left', async () => {
  const { orderId, code } = await issued();
  expect(code).toMatch(/^\d{6}$/);
  expect(await check(orderId, 1, other(code))).toEqual({ kind: 'wrong', triesLeft: 4 });
  expect(await check(orderId, 2, other(code))).toEqual({ kind: 'wrong', triesLeft: 3 });
  expect(await check(orderId, 3, code)).toEqual({ kind: 'verified' });
});

test('a repeated attempt of one try is counted once', async () => {
  const { orderId, code } = await issued();
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    expect(await check(orderId, 1, other(code))).toEqual({ kind: 'wrong', triesLeft: 4 });
  }
  expect(await check(orderId, 2, other(code))).toEqual({ kind: 'wrong', triesLeft: 3 });
  expect(await check(orderId, 1, other(code))).toEqual({ kind: 'wrong', triesLeft: 4 });
});

test('tries that come at once are counted one after another', async () => {
  const { orderId, code } = await issued();
  const tries = Array.from({ length: 12 }, (_, index) => check(orderId, index + 1, other(code)));
  const verdicts = (await Promise.all(tries)).map((verdict) =>
    verdict.kind === 'wrong' ? verdict.triesLeft : verdict.kind,
  );
  const counted = verdicts.filter((verdict) => verdict !== 'exhausted').sort();
  expect(counted).toEqual([1, 2, 3, 4]);
  expect(verdicts).toHaveLength(12);
  expect(await check(orderId, 13, code)).toEqual({ kind: 'exhausted' });
});

test('the code of another order is wrong', async () => {
  const mine = await issued();
  const { orderId } = await issued();
  await codes.issue(orderId, 1, minuteMs);
  const foreign = { orderId, number: 1, tryNumber: 1 };
  const digest = codeDigest(secret, mine.orderId, mine.code);
  expect(await codes.check({ ...foreign, digest })).toEqual({ kind: 'wrong', triesLeft: 4 });
});

test.each(['', 'abc', 'f'.repeat(65)])('the malformed digest "%s" is wrong', async (digest) => {
  const { orderId } = await issued();
  const verdict = await codes.check({ orderId, number: 1, tryNumber: 1, digest });
  expect(verdict).toEqual({ kind: 'wrong', triesLeft: 4 });
});

test('a code that was never sent cannot be checked', async () => {
  const { orderId, code } = await issued();
  await expect(check(orderId, 1, code, 2)).rejects.toBeInstanceOf(ProviderRefused);
});

describe('an expired code', () => {
  test('is not verified when it is right, and no try is counted', async () => {
    const orderId = await own.newOrder();
    const { code } = await codes.issue(orderId, 1, 0);
    expect(await check(orderId, 1, code)).toEqual({ kind: 'expired' });
    expect(await check(orderId, 2, other(code))).toEqual({ kind: 'expired' });
    expect(await rowOf(orderId)).toMatchObject({ tries_left: triesPerCode, verified_at: null });
  });

  test('gives its answer again when it was verified in time', async () => {
    const { orderId, code } = await issued();
    await check(orderId, 1, code);
    await sql`update orders.codes set expires_at = now() - interval '1 s'
      where order_id = ${orderId}`.execute(own.database);
    expect(await check(orderId, 1, code)).toEqual({ kind: 'verified' });
  });
});

describe('a code that is issued again under its number', () => {
  test('replaces the earlier one and has a sequence of its own', async () => {
    const orderId = await own.newOrder();
    const first = await codes.issue(orderId, 2, minuteMs);
    let second = await codes.issue(orderId, 2, minuteMs);
    const sequences = [first.sequence, second.sequence];
    while (second.code === first.code) second = await codes.issue(orderId, 2, minuteMs);
    expect(sequences).toEqual(['2', '2-2']);
    expect(await check(orderId, 1, first.code, 2)).toEqual({ kind: 'wrong', triesLeft: 4 });
    expect(await check(orderId, 2, second.code, 2)).toEqual({ kind: 'verified' });
  });

  test('gives no new tries', async () => {
    const { orderId } = await exhausted();
    const { code } = await codes.issue(orderId, 1, minuteMs);
    expect(await check(orderId, 99, code)).toEqual({ kind: 'exhausted' });
  });
});

test('a code under another number has new tries', async () => {
  const { orderId } = await exhausted();
  const { code } = await codes.issue(orderId, 2, minuteMs);
  expect(await check(orderId, triesPerCode + 1, code, 2)).toEqual({ kind: 'verified' });
});

test('the database keeps a digest that needs the secret, and never the code', async () => {
  const { orderId, code } = await issued();
  const row = await rowOf(orderId);
  expect(row.digest).toBe(codeDigest(secret, orderId, code));
  expect(row.digest).not.toBe(codeDigest('another secret of sixteen', orderId, code));
  expect(JSON.stringify(row)).not.toContain(code);
});
