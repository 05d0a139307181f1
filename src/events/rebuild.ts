import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../db/database.js';
import type { Tables } from '../db/tables.js';
import { openGroup } from './batch.js';
import type { Team } from './team.js';
import { createTeam } from './teams.js';

export interface RebuildProgress {
  readonly position: number;
  /** Of the event that was published last. */
  readonly head: number;
}

const statementLimitMs = 5_000;
const batchSize = 20_000;

/**
 * Has a team forget everything and begin before the first event, in one transaction: the relay that
 * runs catches up from the history, and nobody sees a half of it before. What a person discarded
 * stays discarded.
 * @returns false when a copy of the team is at work just now; try again
 */
export const resetTeam = (database: Database, team: Team): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const group = await openGroup(transaction, team.name, statementLimitMs);
    if (group === undefined) return false;
    await sql`drop schema if exists ${sql.id(team.schema)} cascade`.execute(transaction);
    await createTeam(transaction as unknown as Kysely<unknown>, team);
    while ((await forget(transaction, 'events.inbox', team.name)) === batchSize);
    while ((await forget(transaction, 'events.quarantined', team.name)) === batchSize);
    await keepDiscards(transaction, team.name);
    await sql`update events.groups set position = 0, moved_at = clock_timestamp()
      where name = ${team.name}`.execute(transaction);
    return true;
  });

/** In batches, so that no statement reaches its time limit. */
async function forget(
  transaction: Transaction<Tables>,
  table: 'events.inbox' | 'events.quarantined',
  name: string,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ctid = any (array(
      select ctid from ${sql.table(table)} where group_name = ${name} limit ${batchSize}))
  `.execute(transaction);
  return Number(numAffectedRows ?? 0n);
}

const keepDiscards = (transaction: Transaction<Tables>, name: string) =>
  sql`
    insert into events.inbox (group_name, event_id, position)
    select distinct ${name}, e.event_id, e.position
    from events.dead_letter_decisions d join events.history e on e.event_id = d.event_id
    where d.group_name = ${name} and d.kind = 'discarded'
  `.execute(transaction);

export async function progressOf(database: Database, team: Team): Promise<RebuildProgress> {
  const { rows } = await sql<RebuildProgress>`
    select (select position from events.head) as head,
      coalesce((select position from events.groups where name = ${team.name}), 0) as position
  `.execute(database);
  return rows[0] ?? { position: 0, head: 0 };
}
