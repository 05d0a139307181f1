import type { Transaction } from 'kysely';
import { execute, firstRow } from '../../db/database.js';
import { retryWaitMs } from './retries.js';
import type { SenderLimits } from './settings.js';

/*
 * An endpoint's circuit, shared by all senders in its row: closed (no time set), open (a time in the
 * future: nothing is sent), half open (a time in the past: one delivery goes through).
 */

/** Of several endpoints at once, locked in the order of their ids. */
export const noteSuccess = (transaction: Transaction<unknown>, endpointIds: readonly string[]) =>
  execute(transaction)`update events.webhook_endpoints
    set consecutive_failures = 0, failing_since = null, circuit_open_until = null,
      paused_until = null
    where id in (select id from events.webhook_endpoints
      where id = any(${[...endpointIds]}) and consecutive_failures > 0
      order by id for no key update)`;

/** `gone`: the subscriber answered 410. */
export const disable = (
  transaction: Transaction<unknown>,
  endpointId: string,
  reason: 'gone' | 'failing_for_days',
) =>
  execute(transaction)`update events.webhook_endpoints
    set state = 'disabled', state_reason = ${reason}, state_since = clock_timestamp()
    where id = ${endpointId} and state = 'enabled'`;

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

/**
 * Counts a failure, unless the circuit is open: tries that were under way add nothing.
 * @returns whether the endpoint was disabled
 */
export async function noteFailure(
  transaction: Transaction<unknown>,
  endpointId: string,
  failure: Failure,
): Promise<boolean> {
  const health = await firstRow<Health>(transaction)`
    select consecutive_failures as failures,
      coalesce(circuit_open_until > clock_timestamp(), false) as "isOpen",
      coalesce(extract(epoch from clock_timestamp() - failing_since) * 1000, 0)::float8
        as "failingMs"
    from events.webhook_endpoints where id = ${endpointId} for no key update`;
  if (health === undefined) return false;
  const { failures, isOpen, failingMs } = health;
  const opensMs = isOpen ? undefined : openMs(failures + 1, failure);
  await execute(transaction)`update events.webhook_endpoints set
      consecutive_failures = ${isOpen ? failures : failures + 1},
      failing_since = coalesce(failing_since, clock_timestamp()),
      circuit_open_until = coalesce(clock_timestamp()
        + ${opensMs ?? null}::float8 * interval '1 millisecond', circuit_open_until),
      paused_until = greatest(paused_until, clock_timestamp()
        + ${failure.askedMs ?? null}::float8 * interval '1 millisecond')
    where id = ${endpointId}`;
  const isDisabled = !isOpen && failingMs >= failure.limits.disableMs;
  if (isDisabled) await disable(transaction, endpointId, 'failing_for_days');
  return isDisabled;
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
