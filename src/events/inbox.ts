import { sql } from 'kysely';
import type { Database } from '../db/database.js';

const dayMs = 86_400_000;

/** So long an event may come again without a second effect, in milliseconds. */
export const inboxRetentionMs = 30 * dayMs;

/**
 * Forgets a batch of old inbox rows, of events that their group has read past.
 * @returns how many went; as many as `batchSize` when there may be more
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
