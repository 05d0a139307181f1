import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Consumer } from './consumer.js';
import { scanLimit } from './log.js';
import type { LoggedEvent, OrderEvent } from './order-event.js';
import { allRows, execute, firstRow, type Database } from '../db/database.js';
import { withinOr } from '../runtime/deadline.js';
import { ConsumerTooSlow } from './refusal.js';
import type { ConsumerRun } from './rules.js';

/** The next events of a group. */
export interface Batch {
  /** To be applied. */
  readonly fresh: readonly LoggedEvent[];
  /** To be queued behind a quarantined event of their order. */
  readonly queuedBehind: readonly LoggedEvent[];
  /** Whether it is one event alone, so that a refusal is that event's own. */
  readonly isSingle: boolean;
  /** The position of the group before the batch. */
  readonly from: number;
  /** The last position that was read; the position of the group after the batch. */
  readonly throughPosition: number;
  readonly size: number;
}

interface Row extends LoggedEvent {
  readonly isSeen: boolean;
  readonly isQueued: boolean;
}

interface GroupRow {
  readonly position: number;
  /** Of the event that was published last. */
  readonly head: number;
  /** Whether the next event is in the log; else it is in the archive, or there is none. */
  readonly isNextLogged: boolean;
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
): Promise<GroupRow | undefined> {
  return firstRow<GroupRow>(transaction)`
    select position, (select position from events.head) as head, pg_backend_pid() as pid,
      exists (select from events.log l where l.position = g.position + 1) as "isNextLogged",
      set_config('statement_timeout', ${String(statementLimitMs)}, true)
    from events.groups g where name = ${name} for update skip locked`;
}

/** As {@link lockGroup}; a group that is not there yet begins before the first event. */
export async function openGroup(
  transaction: Transaction<unknown>,
  name: string,
  statementLimitMs: number,
): Promise<GroupRow | undefined> {
  const group = await lockGroup(transaction, name, statementLimitMs);
  if (group !== undefined) return group;
  const { numAffectedRows } = await sql`
    insert into events.groups (name) values (${name}) on conflict do nothing
  `.execute(transaction);
  return numAffectedRows === 0n ? undefined : lockGroup(transaction, name, statementLimitMs);
}

/** The group's next events. Positions have no gap, so what is not in the log is in the archive. */
export async function readBatch(
  transaction: Transaction<unknown>,
  { name, filter }: Pick<Consumer, 'name' | 'filter'>,
  { position, head, isNextLogged }: GroupRow,
  limit: number,
): Promise<Batch | undefined> {
  if (head <= position) return undefined;
  const until = filter === undefined ? head : Math.min(head, position + scanLimit);
  // One more than is taken tells whether the group is through, and need not look again.
  const asked = { name, filter: filter ?? sql`true`, position, until, limit: limit + 1 };
  const found = await eventsAfter(
    transaction,
    asked,
    isNextLogged ? 'events.log' : 'events.history',
  );
  const rows = found.slice(0, limit);
  const throughPosition = found.length > limit ? (rows.at(-1)?.position ?? until) : until;
  return {
    fresh: rows.filter(({ isSeen, isQueued }) => !isSeen && !isQueued),
    queuedBehind: rows.filter(({ isSeen, isQueued }) => !isSeen && isQueued),
    isSingle: rows.length === 1,
    from: position,
    throughPosition,
    size: throughPosition - position,
  };
}

interface Asked {
  readonly name: string;
  readonly filter: RawBuilder<unknown>;
  readonly position: number;
  readonly until: number;
  readonly limit: number;
}

async function eventsAfter(
  transaction: Transaction<unknown>,
  { name, filter, position, until, limit }: Asked,
  source: 'events.log' | 'events.history',
): Promise<readonly Row[]> {
  return allRows<Row>(transaction)`
    select e.position, e.event,
      exists (select from events.inbox i
        where i.group_name = ${name} and i.event_id = e.event_id) as "isSeen",
      exists (select from events.quarantined p
        where p.group_name = ${name} and p.order_id = e.order_id) as "isQueued"
    from ${sql.table(source)} e
    where e.position > ${position} and e.position <= ${until} and ${filter}
    order by e.position limit ${limit}`;
}

/** Records the applied and the queued events, and moves the group on. */
export async function commitBatch(
  transaction: Transaction<unknown>,
  name: string,
  { fresh, queuedBehind, throughPosition }: Batch,
): Promise<void> {
  await execute(transaction)`
    with applied as (
      insert into events.inbox (group_name, event_id, position)
      select ${name}, id, position
      from unnest(${idsOf(fresh)}::text[], ${positionsOf(fresh)}::bigint[]) as e (id, position)
    ), queued as (
      insert into events.quarantined (group_name, event_id, order_id, position, state)
      select ${name}, id, order_id, position, 'held'
      from unnest(${idsOf(queuedBehind)}::text[], ${ordersOf(queuedBehind)}::text[], ${positionsOf(queuedBehind)}::bigint[])
        as e (id, order_id, position)
    )
    update events.groups set position = ${throughPosition}, moved_at = clock_timestamp() where name = ${name}`;
}

const idsOf = (events: readonly LoggedEvent[]) => events.map(({ event }) => event.id);
const ordersOf = (events: readonly LoggedEvent[]) => events.map(({ event }) => event.subject);
const positionsOf = (events: readonly LoggedEvent[]) => events.map(({ position }) => position);

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
  { pid }: GroupRow,
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
