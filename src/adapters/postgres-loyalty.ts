import { sql } from 'kysely';
import type { Loyalty } from '../activities/ports.js';
import { oneRow, type Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import { leastBalance } from '../domain/loyalty.js';
import { ask } from './postgres-errors.js';

/** The points ledger. A revocation without an award bars a late award. */
export const postgresLoyalty = (database: Database): Loyalty => ({
  award: (orderId, memberId, points) =>
    ask(async () => {
      await sql`select loyalty.award(${orderId}, ${memberId}, ${points})`.execute(database);
    }),

  revoke: (orderId) =>
    ask(async () => {
      const taken = await revoke(database, orderId, '', null);
      return taken === null ? { kind: 'nothing_to_undo' } : { kind: 'undone' };
    }),

  revokePart: ({ orderId, key, points }) =>
    ask(async () => (await revoke(database, orderId, key, points)) ?? 0),
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
