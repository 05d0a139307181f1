import { sql, type RawBuilder } from 'kysely';
import { allRows, execute, firstRow, type Database } from '../db/database.js';
import { scanLimit } from './log.js';
import type { LoggedEvent } from './order-event.js';
import type { ConsumerRun } from './rules.js';

/** The next events of a group, read before its transaction. */
export interface Page {
  /** Where the group has to stand when they are applied. */
  readonly from: number;
  readonly events: readonly LoggedEvent[];
  /** Where it stands then: up to here there are no others for it. */
  readonly through: number;
  readonly hasMore: boolean;
  /** The server that they were read from. */
  readonly server: string;
}

/**
 * Tells a server from the one that took its place, which may have lost the newest events. Not as a time:
 * its text depends on the session.
 */
export const serverStart = sql`extract(epoch from pg_postmaster_start_time())::text`;

/** Where a group stands, and whether it has anything to do. */
export interface Standing {
  readonly position: number;
  /** Of the event that was published last. */
  readonly head: number;
  /** Whether the next event is in the log; else it is in the archive, or there is none. */
  readonly isNextLogged: boolean;
  /** Whether a quarantined event is to be tried. */
  readonly isDue: boolean;
  readonly server: string;
}

/** Whether a quarantined event of the group `g` is to be tried now. */
export const isAnyDue = sql`exists (select from events.quarantined q where q.group_name = g.name
  and q.state in ('retrying', 'discarded') and q.next_attempt_at <= clock_timestamp())`;

/** A group that is not there yet begins before the first event. */
export async function standingOf(database: Database, name: string): Promise<Standing> {
  const standing = await firstRow<Standing>(database)`
    select g.position, head.position as head, ${isAnyDue} as "isDue", ${serverStart} as server,
      exists (select from events.log l where l.position = g.position + 1) as "isNextLogged"
    from events.groups g, events.head where g.name = ${name}`;
  if (standing !== undefined) return standing;
  await createGroup(database, name);
  return standingOf(database, name);
}

export const createGroup = (database: Database, name: string) =>
  execute(database)`insert into events.groups (name) values (${name}) on conflict do nothing`;

/** The group's next events. Positions have no gap, so what is not in the log is in the archive. */
export async function readPage(
  { database, consumer: { types, filter }, rules }: ConsumerRun,
  { position: from, head, isNextLogged, server }: Standing,
): Promise<Page | undefined> {
  if (head <= from) return undefined;
  // A bounded range: without statistics Postgres sorts all of it for the first few.
  const takesAll = types === undefined && filter === undefined;
  const until = Math.min(head, from + (takesAll ? rules.batchSize : scanLimit));
  // One more than is taken tells whether the group is through, and need not look again.
  const wanted = sql`${types === undefined ? sql`true` : sql`e.type = any(${types})`}
    and ${filter ?? sql`true`}`;
  const asked = { wanted, from, until, limit: rules.batchSize + 1 };
  const source = isNextLogged ? 'events.log' : 'events.history';
  const found = await eventsBetween(database, source, asked);
  const events = found.slice(0, rules.batchSize);
  const through = found.length > events.length ? (events.at(-1)?.position ?? until) : until;
  return { from, events, through, hasMore: through < head, server };
}

interface Asked {
  readonly wanted: RawBuilder<unknown>;
  readonly from: number;
  readonly until: number;
  readonly limit: number;
}

const eventsBetween = (
  database: Database,
  source: 'events.log' | 'events.history',
  { wanted, from, until, limit }: Asked,
) =>
  allRows<LoggedEvent>(database)`
    select e.position, e.event from ${sql.table(source)} e
    where e.position > ${from} and e.position <= ${until} and ${wanted}
    order by e.position limit ${limit}`;
