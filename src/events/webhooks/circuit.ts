import { sql, type Transaction } from 'kysely';
import { execute } from '../../db/database.js';
import { retryWaitMs } from './retries.js';
import type { SenderLimits } from './settings.js';

/*
 * An endpoint's circuit, shared by all senders in its row: closed (no time set), open (a time in the
 * future: nothing is sent), half open (a time in the past: one delivery goes through).
 */

/** Of several endpoints at once, locked in the order of their ids. */
export async function noteSuccess(
  transaction: Transaction<unknown>,
  endpointIds: readonly string[],
): Promise<void> {
  await execute(transaction)`update events.webhook_endpoints
    set consecutive_failures = 0, failing_since = null, circuit_open_until = null,
      paused_until = null
    where id in (select id from events.webhook_endpoints
      where id = any(${[...endpointIds]}) and consecutive_failures > 0
      order by id for no key update)`;
}

/** `gone`: the subscriber answered 410. */
export async function disable(
  transaction: Transaction<unknown>,
  endpointId: string,
  reason: 'gone' | 'failing_for_days',
): Promise<void> {
  await execute(transaction)`update events.webhook_endpoints
    set state = 'disabled', state_reason = ${reason}, state_since = clock_timestamp()
    where id = ${endpointId} and state = 'enabled'`;
}

export interface Failure {
  /** How long the subscriber asked to be left alone. */
  readonly askedMs: number | undefined;
  readonly scheduleMs: readonly number[];
  readonly limits: SenderLimits;
}

interface Health {
  readonly failures: number;
  readonly isOpen: boolean;
  readonly failingMs: number;
}

/** Counts a failure, unless the circuit is open: tries that were under way add nothing. */
export async function noteFailure(
  transaction: Transaction<unknown>,
  endpointId: string,
  failure: Failure,
): Promise<'enabled' | 'disabled'> {
  const { rows } = await sql<Health>`
    select consecutive_failures as failures,
      coalesce(circuit_open_until > clock_timestamp(), false) as "isOpen",
      coalesce(extract(epoch from clock_timestamp() - failing_since) * 1000, 0)::float8
        as "failingMs"
    from events.webhook_endpoints where id = ${endpointId} for no key update
  `.execute(transaction);
  const [health] = rows;
  if (health === undefined) return 'enabled';
  if (failure.askedMs !== undefined) await pause(transaction, endpointId, failure.askedMs);
  if (health.isOpen) return 'enabled';
  await countFailure(transaction, endpointId, openMs(health.failures + 1, failure));
  if (health.failingMs < failure.limits.disableMs) return 'enabled';
  await disable(transaction, endpointId, 'failing_for_days');
  return 'disabled';
}

/**
 * How long the circuit opens after so many failures in a row: as long as the schedule's waits, up to
 * a limit. Undefined: it stays closed.
 */
export function openMs(
  failures: number,
  { scheduleMs, limits }: Pick<Failure, 'scheduleMs' | 'limits'>,
): number | undefined {
  const opening = failures - limits.circuitFailures;
  if (opening < 0) return undefined;
  const step = Math.min(opening, scheduleMs.length - 1);
  const waitMs = retryWaitMs(scheduleMs, step, Math.random()) ?? limits.circuitMs;
  return Math.min(waitMs, limits.circuitMs);
}

async function countFailure(
  transaction: Transaction<unknown>,
  endpointId: string,
  openForMs: number | undefined,
): Promise<void> {
  const until =
    openForMs === undefined
      ? sql`circuit_open_until`
      : sql`clock_timestamp() + ${openForMs}::float8 * interval '1 millisecond'`;
  await execute(transaction)`update events.webhook_endpoints
    set consecutive_failures = consecutive_failures + 1,
      failing_since = coalesce(failing_since, clock_timestamp()), circuit_open_until = ${until}
    where id = ${endpointId}`;
}

async function pause(
  transaction: Transaction<unknown>,
  endpointId: string,
  askedMs: number,
): Promise<void> {
  await execute(
    transaction,
  )`update events.webhook_endpoints set paused_until = greatest(paused_until,
      clock_timestamp() + ${askedMs}::float8 * interval '1 millisecond')
    where id = ${endpointId}`;
}
