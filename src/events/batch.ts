import { sql, type Transaction } from 'kysely';
import { allValues, execute, firstRow, oneRow, type Database } from '../db/database.js';
import { withinOr } from '../runtime/deadline.js';
import type { LoggedEvent, OrderEvent } from './order-event.js';
import { serverStart, type Page } from './page.js';
import { ConsumerTooSlow } from './refusal.js';
import type { ConsumerRun } from './rules.js';

interface LockedGroup {
  readonly position: number;
  /** The Postgres process that has the transaction. */
  readonly pid: number;
}

/**
 * Takes the group for this transaction, in which no statement may take longer than the limit.
 * @returns undefined when another copy of the consumer is at work, or there is no such group
 */
export async function lockGroup(
  transaction: Transaction<unknown>,
  name: string,
  statementLimitMs: number,
): Promise<LockedGroup | undefined> {
  return firstRow<LockedGroup>(transaction)`
    select position, pg_backend_pid() as pid,
      set_config('statement_timeout', ${String(statementLimitMs)}, true)
    from events.groups where name = ${name} for no key update skip locked`;
}

interface Move {
  readonly isMoved: boolean;
  /** Where the group stood before; null when there is none. */
  readonly position: number | null;
  /** Some of the events may be discarded, or belong to an order with a quarantined event. */
  readonly hasExceptions: boolean;
  readonly pid: number;
}

/**
 * Takes the group and moves it past the page, if it still stands where the page begins. What is
 * quarantined only grows together with a group's position, so `hasExceptions` is never false by mistake.
 */
export const moveGroup = (
  transaction: Transaction<unknown>,
  { consumer: { name }, rules }: ConsumerRun,
  { from, through, server }: Page,
) =>
  oneRow<Move>(transaction)`
    with free as (
      select name from events.groups
      where name = ${name} and position = ${from} and ${serverStart} = ${server}
      for no key update skip locked
    ), moved as (
      update events.groups g set position = ${through}, moved_at = clock_timestamp()
      from free where g.name = free.name returning g.name
    )
    select exists (select from moved) as "isMoved", pg_backend_pid() as pid,
      (select position from events.groups where name = ${name}) as position,
      exists (select from events.quarantined where group_name = ${name}) or exists (
        select from events.dead_letter_decisions where group_name = ${name}
        and kind = 'discarded' and position > ${from} and position <= ${through}
      ) as "hasExceptions",
      set_config('statement_timeout', ${String(rules.statementLimitMs)}, true)`;

/**
 * Queues the events of quarantined orders behind these.
 * @returns the others, without those that a person has discarded: a rebuilt group meets them again
 */
export async function withoutExceptions(
  transaction: Transaction<unknown>,
  name: string,
  events: readonly LoggedEvent[],
): Promise<readonly LoggedEvent[]> {
  const ids = events.map(({ event }) => event.id);
  const orders = events.map(({ event }) => event.subject);
  const positions = events.map(({ position }) => position);
  // A statement of its own: it sees what was released before the group was ours.
  const exceptions = await allValues<string>(transaction)`
    with discarded as (
      select event_id from events.dead_letter_decisions
      where group_name = ${name} and kind = 'discarded' and event_id = any(${ids})
    ), queued as (
      insert into events.quarantined (group_name, event_id, order_id, position, state)
      select ${name}, event_id, order_id, position, 'held'
      from unnest(${ids}::text[], ${orders}::text[], ${positions}::bigint[])
        as e (event_id, order_id, position)
      where event_id not in (select event_id from discarded) and exists (
        select from events.quarantined q where q.group_name = ${name} and q.order_id = e.order_id)
      returning event_id
    )
    select event_id from discarded union all select event_id from queued`;
  const left = new Set(exceptions);
  return events.filter(({ event }) => !left.has(event.id));
}

/** A transaction whose error is the first one, also where the rollback fails as well. */
export async function transact<Result>(
  database: Database,
  work: (transaction: Transaction<unknown>) => Promise<Result>,
): Promise<Result> {
  let first: { readonly error: unknown } | undefined;
  try {
    return await database.transaction().execute(async (transaction) => {
      try {
        return await work(transaction);
      } catch (error) {
        first = { error };
        throw error;
      }
    });
  } catch (error) {
    throw first === undefined ? error : first.error;
  }
}

/**
 * Lets the consumer put the events into effect.
 * @throws ConsumerTooSlow when that takes too long; and whatever the consumer throws
 */
export async function applyBatch(
  { database, consumer, rules: { applyLimitMs: limitMs } }: ConsumerRun,
  transaction: Transaction<unknown>,
  { pid }: Pick<LockedGroup, 'pid'>,
  events: readonly OrderEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const work = consumer.apply(transaction, events);
  const outcome = work.then(() => 'done');
  if ((await withinOr(outcome, limitMs, () => 'overdue')) === 'done') return;
  // It may still be writing, so its connection is closed before the rollback.
  await execute(database)`select pg_terminate_backend(${pid})`;
  // Until the driver notices that, the pool would hand the connection out again.
  await sql`select 1`.execute(transaction).catch(() => undefined);
  throw new ConsumerTooSlow(`${consumer.name} took longer than ${limitMs} ms`);
}
