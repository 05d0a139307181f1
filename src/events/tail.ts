import { oneRow, type Database } from '../db/database.js';
import type { LoggedEvent } from './order-event.js';
import { serverStart } from './page.js';

/** So many events are kept, of at most 20 kB each. A group that is further behind reads the log itself. */
const capacity = 2_000;

/** The newest events of the log in memory, read once for all groups of a process. */
export interface Tail {
  /** Reads what is new. @returns whether there is anything */
  read(): Promise<boolean>;
  /** @returns undefined when the tail does not reach back to the position */
  after(position: number): Rest | undefined;
}

/** The events after a position, without a gap, up to the last one that was read. */
export interface Rest {
  readonly events: readonly LoggedEvent[];
  readonly through: number;
  readonly server: string;
}

interface Kept extends Rest {
  /** The position before the first event. */
  readonly before: number;
}

/** Nothing is kept but what the log has: a tail of another server, or one with a gap, begins anew. */
export function createTail(database: Database): Tail {
  let kept: Kept | undefined;
  return {
    read: async () => {
      const found = await readAfter(database, kept?.through);
      const last = kept;
      kept = joined(last, found);
      return kept.through !== last?.through || kept.server !== last.server;
    },
    after: (position) => {
      if (kept === undefined || position < kept.before) return undefined;
      const { events, before, through, server } = kept;
      return { events: events.slice(position - before), through, server };
    },
  };
}

interface Found {
  readonly head: number;
  readonly server: string;
  readonly events: readonly LoggedEvent[];
}

/** One statement, whose plan needs no statistics: the positions are known before the log is read. */
const readAfter = (database: Database, position: number | undefined) =>
  oneRow<Found>(database)`
    select (select position from events.head) as head, ${serverStart} as server,
      coalesce((
        select json_agg(json_build_object('position', position, 'event', event) order by position)
        from events.log where position > greatest(${position ?? null}::bigint,
          (select position from events.head) - ${position === undefined ? 0 : capacity}::bigint)
      ), '[]') as events`;

function joined(kept: Kept | undefined, { head, server, events }: Found): Kept {
  const first = events[0]?.position;
  const isNext =
    kept?.server === server && kept.through <= head && (first ?? head + 1) === kept.through + 1;
  const all = isNext ? [...kept.events, ...events] : events;
  const through = events.at(-1)?.position ?? head;
  const newest = all.slice(-capacity);
  return { events: newest, before: through - newest.length, through, server };
}
