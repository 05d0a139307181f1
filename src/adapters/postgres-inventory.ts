import { sql } from 'kysely';
import type { Inventory } from '../activities/ports.js';
import type { Database } from '../db/database.js';
import type { ShortLine } from '../domain/facts.js';
import { holdExpiryMs } from '../domain/service-level.js';
import { ask } from './postgres-errors.js';

/** Stock as a ledger in Postgres: one locked statement for each of reserve, release and issue. */
export const postgresInventory = (database: Database): Inventory => ({
  reserve: (orderId, lines) =>
    ask(async () => {
      const expiresAt = new Date(Date.now() + holdExpiryMs);
      const { rows } = await sql<ShortLine>`
        select * from inventory.reserve(${orderId}, ${JSON.stringify(lines)}, ${expiresAt})
      `.execute(database);
      return rows.length === 0 ? { kind: 'reserved' } : { kind: 'short', lines: rows };
    }),

  release: (orderId) => ask(() => settle(database, orderId, 'released')),

  issue: (orderId) => ask(() => settle(database, orderId, 'issued')),
});

async function settle(database: Database, orderId: string, state: 'released' | 'issued') {
  await sql`select inventory.settle(${orderId}, ${state})`.execute(database);
}
