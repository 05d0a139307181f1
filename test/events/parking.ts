import { sql } from 'kysely';
import { runGroup } from '../../src/events/consumer-runner.js';
import { parkedLetters } from '../../src/events/parked-letters.js';
import { retryParked } from '../../src/events/parked.js';
import { makeDue, refusing, type LogDesk } from './log-desk.js';

/** Attempts run out quickly. */
export const rules = { maxAttempts: 3 };

let groups = 0;

/** A consumer that begins now, with events that it refuses for as long as they are in `poison`. */
export async function openParking({ database }: LogDesk) {
  groups += 1;
  const group = `parking_${groups}`;
  const poison = new Set<string>();
  await sql`insert into events.groups (name, position)
    select ${group}, position from events.head`.execute(database);
  const consumer = await refusing(database, group, ({ id }) => poison.has(id));
  return {
    group,
    poison,
    consumer,
    drain: async () => {
      while ((await runGroup(database, consumer, rules)) > 0);
    },
    retryAll: async () => {
      await makeDue(database);
      return retryParked(database, consumer, rules);
    },
    states: async () => {
      const { rows } = await sql<{ state: string }>`select state from events.quarantined
        where group_name = ${group} order by position`.execute(database);
      return rows.map(({ state }) => state);
    },
    letters: () => parkedLetters.list(database, { consumer: group }, { limit: 100 }),
  };
}

export type Parking = Awaited<ReturnType<typeof openParking>>;
