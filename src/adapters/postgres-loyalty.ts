import { sql } from 'kysely';
import type { CompensationResult, Loyalty } from '../activities/ports.js';
import { oneRow, type Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import { leastBalance } from '../domain/loyalty.js';
import {
  compensationResults,
  plainCall,
  PostgresEffect,
  type BookCall,
} from './postgres-effect.js';
import { translated } from './postgres-errors.js';

/** The points ledger. A revocation without an award bars a late award. */
export const postgresLoyalty = (database: Database): Loyalty => ({
  award: (orderId, memberId, points) =>
    new PostgresEffect(
      database,
      plainCall(sql`to_jsonb(loyalty.award(${orderId}, ${memberId}, ${points})::text)`),
    ),
  revoke: (orderId) => new PostgresEffect(database, revoking(orderId)),
  revokePart: ({ orderId, key, points }) => translated(revokePart(database, orderId, key, points)),
});

const revoking = (orderId: OrderId): BookCall<CompensationResult> => ({
  expression: sql`jsonb_build_object('kind', case
    when loyalty.revoke(${orderId}, '', null, ${leastBalance}) is null then 'nothing_to_undo'
    else 'undone' end)`,
  outcomes: compensationResults,
  outcomeOf: (answer) => answer as CompensationResult,
});

/** @returns 0 when none were awarded */
async function revokePart(
  database: Database,
  orderId: OrderId,
  key: string,
  points: number,
): Promise<number> {
  const { taken } = await oneRow<{ taken: number | null }>(database)`
    select loyalty.revoke(${orderId}, ${key}, ${points}, ${leastBalance}) as taken`;
  return taken ?? 0;
}
