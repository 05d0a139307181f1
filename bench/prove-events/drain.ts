import { sql } from 'kysely';
import type { Database } from '../../src/db/database.js';
import { waitFor } from '../../src/runtime/deadline.js';

/** What is still to be done; all zero when the run has come to rest. */
export interface Rest {
  readonly outbox: number;
  readonly behind: number;
  readonly parked: number;
  readonly deliveries: number;
}

const lookMs = 500;

/**
 * Waits until everything that was committed has arrived everywhere.
 * @returns what was left when the limit came; the judges tell what is wrong with it
 */
export async function drain(database: Database, limitMs: number): Promise<Rest> {
  let rest = await readRest(database);
  await waitFor(
    async () => {
      rest = await readRest(database).catch(() => rest);
      return Object.values(rest).every((count) => count === 0);
    },
    { what: 'everything to arrive', limitMs, intervalMs: lookMs },
  ).catch(() => undefined);
  return rest;
}

async function readRest(database: Database): Promise<Rest> {
  const { rows } = await sql<Rest>`
    select (select count(*) from orders.outbox) as outbox,
      (select count(*) from events.quarantined where state <> 'dead') as parked,
      (select coalesce(sum(head.position - position), 0)::bigint from events.groups) as behind,
      (select count(*) from events.webhook_deliveries where state = 'waiting') as deliveries
    from events.head`.execute(database);
  const [rest] = rows;
  if (rest === undefined) throw new Error('The log has no head');
  return rest;
}
