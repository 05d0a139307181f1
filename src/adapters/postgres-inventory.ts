import { sql, type RawBuilder } from 'kysely';
import type { HoldId, Inventory, Reservation } from '../activities/ports.js';
import { oneRow, type Database } from '../db/database.js';
import { holdExpiry } from '../db/stock.js';
import { overPostgres } from './postgres-errors.js';

/** Stock as a ledger in Postgres: one locked statement for each change. */
export const postgresInventory = (database: Database): Inventory => {
  const call = async <Answer>(expression: RawBuilder<unknown>): Promise<Answer> => {
    const { answer } = await oneRow<{ answer: Answer }>(database)`select ${expression} as answer`;
    return answer;
  };
  const act = async (expression: RawBuilder<unknown>): Promise<void> => {
    await call(expression);
  };
  return overPostgres({
    reserve: (holdId, lines, { partial, holdMs } = { partial: false }) =>
      call<Reservation>(sql`inventory.reserve(
        ${holdId}, ${JSON.stringify(lines)}, ${partial}, ${holdExpiry(holdMs)})`),
    enqueue: (orderId, lines) =>
      act(sql`inventory.enqueue(${orderId}, ${JSON.stringify(lines)}, ${holdExpiry()})`),
    release: (holdId) => act(endHold(holdId, 'released')),
    releasePart: (holdId, warehouseId) => act(endHold(holdId, 'released', warehouseId)),
    issue: (holdId, warehouseId) => act(endHold(holdId, 'issued', warehouseId)),
    extend: async (holdId) =>
      (await call<Date>(sql`inventory.extend(${holdId}, ${holdExpiry()})`)).toISOString(),
    restock: (key, lines) => act(sql`inventory.restock(${key}, ${JSON.stringify(lines)})`),
  });
};

const endHold = (holdId: HoldId, state: 'released' | 'issued', warehouseId: string | null = null) =>
  sql`inventory.end_hold(${holdId}, ${state}, ${warehouseId})`;
