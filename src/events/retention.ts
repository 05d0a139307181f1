import { sql } from 'kysely';
import type { Database } from '../db/database.js';

const batchSize = 1_000;

/**
 * Moves the oldest events from the log to the archive: those older than the retention that every
 * consumer has read. Positions stay what they are, and the history has all of them at any moment.
 * @returns whether more may be due
 */
export async function archiveRound(database: Database, retentionDays: number): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    with read as (
      select position, published_at from events.log
      where position <= coalesce((select min(position) from events.groups),
        (select position from events.head))
      order by position limit ${batchSize}
    ), due as (
      select position, bool_and(published_at
        < clock_timestamp() - make_interval(days => ${retentionDays}))
        over (order by position) as is_old
      from read
    ), moved as (
      delete from events.log using due
      where log.position = due.position and due.is_old returning log.*
    )
    insert into events.archive select * from moved order by position`.execute(database);
  return numAffectedRows === BigInt(batchSize);
}

const dayMs = 86_400_000;

/** So long an event may come again without a second effect, in milliseconds. */
export const inboxRetentionMs = 30 * dayMs;

/**
 * Deletes a batch of old inbox rows, of events that their group has read past.
 * @returns how many were deleted; as many as `batchSize` when there may be more
 */
export async function pruneInbox(
  database: Database,
  { olderThanMs, batchSize }: { readonly olderThanMs: number; readonly batchSize: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from events.inbox where ctid = any (array(
      select i.ctid from events.inbox i join events.groups g on g.name = i.group_name
      where i.at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond'
        and i.position <= g.position
      limit ${batchSize}))
  `.execute(database);
  return Number(numAffectedRows ?? 0n);
}
