import { randomInt, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { Codes } from '../activities/ports.js';
import { codeDigest } from '../db/code-digest.js';
import { firstRow, oneRow, type Database } from '../db/database.js';
import { ProviderRefused } from '../domain/failures.js';
import { codeDigits, verdictOn, triesPerCode, type CodeVerdict } from '../domain/one-time-code.js';
import { overPostgres } from './postgres-errors.js';

type Try = Parameters<Codes['check']>[0];

interface CodeRow {
  readonly digest: string;
  readonly triesLeft: number;
  readonly isExpired: boolean;
  readonly verdicts: Readonly<Record<string, CodeVerdict>>;
}

/** One-time codes, of which only digests are stored. @param secret the one that the API digests with */
export const postgresCodes = (database: Database, secret: string): Codes =>
  overPostgres({
    /** Another code under the same number gives no new tries, so asking again buys no guesses. */
    issue: async (orderId, number, validMs) => {
      const code = String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0');
      const { issued, expiresAt } = await oneRow<{ issued: number; expiresAt: Date }>(database)`
        insert into orders.codes as kept (order_id, number, digest, expires_at, tries_left)
        values (${orderId}, ${number}, ${codeDigest(secret, orderId, code)},
          clock_timestamp() + make_interval(secs => ${validMs / 1_000}), ${triesPerCode})
        on conflict (order_id, number) do update
          set digest = excluded.digest, expires_at = excluded.expires_at, issued = kept.issued + 1
        returning issued, expires_at as "expiresAt"`;
      const sequence = issued === 1 ? `${number}` : `${number}-${issued}`;
      return { code, sequence, expiresAt: expiresAt.toISOString() };
    },

    check: (request) =>
      database.transaction().execute((transaction) => countTry(transaction, request)),
  });

async function countTry(
  transaction: Database,
  { orderId, number, tryNumber, digest }: Try,
): Promise<CodeVerdict> {
  const row = await firstRow<CodeRow>(transaction)`
    select digest, tries_left as "triesLeft", verdicts,
      expires_at <= clock_timestamp() as "isExpired"
    from orders.codes where order_id = ${orderId} and number = ${number} for update`;
  if (row === undefined) throw new ProviderRefused(`${orderId} has no code ${number}`);
  const answered = row.verdicts[tryNumber];
  if (answered !== undefined) return answered;
  const verdict = verdictOn(row, isSame(row.digest, digest));
  if (row.triesLeft > 0 && verdict.kind !== 'expired') {
    await sql`
      update orders.codes set verdicts = verdicts || ${JSON.stringify({ [tryNumber]: verdict })},
        tries_left = ${triesLeftAfter(verdict, row.triesLeft)},
        verified_at = case when ${verdict.kind === 'verified'}
          then coalesce(verified_at, clock_timestamp()) else verified_at end
      where order_id = ${orderId} and number = ${number}
    `.execute(transaction);
  }
  return verdict;
}

function triesLeftAfter(verdict: CodeVerdict, before: number): number {
  if (verdict.kind === 'wrong') return verdict.triesLeft;
  return verdict.kind === 'exhausted' ? 0 : before;
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
