import { sql } from 'kysely';
import type { Loyalty } from '../activities/ports.js';
import { oneRow, type Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import { leastBalance } from '../domain/loyalty.js';
import { overPostgres } from './postgres-errors.js';

/** The points ledger. A revocation without an award bars a late award. */
export const postgresLoyalty = (database: Database): Loyalty =>
  overPostgres({
    award: async (orderId, memberId, points) => {
      await sql`select loyalty.award(${orderId}, ${memberId}, ${points})`.execute(database);
    },
    revoke: async (orderId) => {
      const taken = await revoke(database, orderId, '', null);
      return { kind: taken === null ? 'nothing_to_undo' : 'undone' };
    },
    revokePart: async ({ orderId, key, points }) =>
      (await revoke(database, orderId, key, points)) ?? 0,
  });

/** @param points null for all that are left of the order. @returns null when none were awarded */
async function revoke(
  database: Database,
  orderId: OrderId,
  key: string,
  points: number | null,
): Promise<number | null> {
  const { taken } = await oneRow<{ taken: number | null }>(database)`
    select loyalty.revoke(${orderId}, ${key}, ${points}, ${leastBalance}) as taken`;
  return taken;
}
