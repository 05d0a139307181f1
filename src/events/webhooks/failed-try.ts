import { sql, type Transaction } from 'kysely';
import { execute, type Database } from '../../db/database.js';
import { disable, noteFailure } from './circuit.js';
import { type ClaimedDelivery, postponeQueued } from './claims.js';
import { retryWaitMs, type Verdict } from './retries.js';
import type { SenderLimits, WebhookSettings } from './settings.js';

/** One try of a webhook delivery, and its outcome. */
export interface Try {
  readonly at: Date;
  readonly durationMs: number;
  readonly outcome:
    { readonly statusCode: number; readonly verdict: Verdict } | { readonly error: string };
}

export type TryResult = 'delivered' | 'retried' | 'dead' | 'disabled';

export interface RetryRules {
  readonly settings: WebhookSettings;
  readonly limits: SenderLimits;
}

const keptAttempts = 30;

/**
 * Writes the result of a failed try to the delivery, unless the claim was lost meanwhile, and to its
 * endpoint, which is locked first, as in a deletion.
 */
export function writeRefusal(
  database: Database,
  delivery: ClaimedDelivery,
  done: Try,
  { settings: { scheduleMs }, limits }: RetryRules,
): Promise<TryResult> {
  const { endpointId, step } = delivery;
  return database.transaction().execute(async (transaction) => {
    const verdict = 'verdict' in done.outcome ? done.outcome.verdict : undefined;
    if (verdict?.kind === 'gone') {
      await disable(transaction, endpointId, 'gone');
      await write(transaction, delivery, done, { step, waitMs: 0 });
      return 'disabled';
    }
    const askedMs = verdict?.kind === 'refused' ? verdict.askedMs : undefined;
    const endpoint = await noteFailure(transaction, endpointId, { askedMs, scheduleMs, limits });
    const waitMs = retryWaitMs(scheduleMs, step, Math.random());
    const next =
      waitMs === undefined ? undefined : { step: step + 1, waitMs: Math.max(waitMs, askedMs ?? 0) };
    await write(transaction, delivery, done, next);
    if (endpoint === 'disabled') return 'disabled';
    return next === undefined ? 'dead' : 'retried';
  });
}

/** @param next undefined: the delivery is dead */
async function write(
  transaction: Transaction<unknown>,
  delivery: ClaimedDelivery,
  done: Try,
  next: { readonly step: number; readonly waitMs: number } | undefined,
): Promise<void> {
  const { id, claim, endpointId, orderId, sequence } = delivery;
  const isDead = next === undefined;
  const { step, waitMs } = next ?? { step: delivery.step, waitMs: 0 };
  const { rows } = await sql<{ attempts: number }>`
    update events.webhook_deliveries set claim = null, claimed_until = null,
      attempts = attempts + 1, state = ${isDead ? 'dead' : 'waiting'}, step = ${step},
      next_attempt_at = clock_timestamp() + ${waitMs}::float8 * interval '1 millisecond',
      settled_at = case when ${isDead} then clock_timestamp() end,
      decision = case when not ${isDead} then decision end,
      decided_by = case when not ${isDead} then decided_by end,
      decided_reason = case when not ${isDead} then decided_reason end,
      decided_at = case when not ${isDead} then decided_at end
    where id = ${id} and claim = ${claim} and state = 'waiting'
    returning attempts`.execute(transaction);
  const attempts = rows[0]?.attempts;
  if (attempts === undefined) return;
  await writeAttempt(transaction, { id, number: attempts, done });
  const order = { endpointId, orderId, afterSequence: sequence };
  await postponeQueued(transaction, order, isDead ? Infinity : waitMs);
}

async function writeAttempt(
  transaction: Transaction<unknown>,
  { id, number, done }: { readonly id: string; readonly number: number; readonly done: Try },
): Promise<void> {
  const { at, durationMs, outcome } = done;
  await execute(transaction)`
    with forgotten as (
      delete from events.webhook_attempts
      where delivery_id = ${id} and number <= ${number - keptAttempts}::integer
    )
    insert into events.webhook_attempts (delivery_id, number, at, duration_ms, status_code, error)
    values (${id}, ${number}, ${at}, ${durationMs},
      ${'statusCode' in outcome ? outcome.statusCode : null},
      ${'error' in outcome ? outcome.error : null})`;
}
