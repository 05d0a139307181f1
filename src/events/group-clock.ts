import { allRows, type Database } from '../db/database.js';
import type { Group } from './group.js';
import { isAnyDue, serverStart } from './page.js';

interface Found {
  readonly name: string;
  readonly position: number;
  readonly isDue: boolean;
}

/**
 * What the log does not tell the groups of a process, in one statement for all: which have quarantined
 * events to try, and which were moved by a rebuild. It also stores how far those have read that passed
 * over events of others alone.
 */
export async function lookAtGroups(database: Database, groups: readonly Group[]): Promise<void> {
  const seen = groups.map((group) => ({ group, name: group.name, place: group.place }));
  const ahead = seen.flatMap(({ name, place }) =>
    place !== undefined && place.passed > place.position ? [{ name, ...place }] : [],
  );
  const found = await allRows<Found>(database)`
    with ahead as (
      select g.name, n.passed from events.groups g
      join jsonb_to_recordset(${JSON.stringify(ahead)}::jsonb)
        as n (name text, position bigint, passed bigint, server text)
        on n.name = g.name and n.position = g.position and n.server = ${serverStart}
      for no key update of g skip locked
    ), moved as (
      update events.groups g set position = ahead.passed, moved_at = clock_timestamp()
      from ahead where g.name = ahead.name returning g.name, g.position
    )
    select g.name, coalesce(moved.position, g.position) as position, ${isAnyDue} as "isDue"
    from events.groups g left join moved on moved.name = g.name
    where g.name = any(${seen.map(({ name }) => name)})`;
  const byName = new Map(found.map((look) => [look.name, look]));
  for (const { group, name, place } of seen) {
    const look = byName.get(name);
    if (look !== undefined) group.note(place, look);
  }
}
