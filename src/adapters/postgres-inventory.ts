import { sql, type RawBuilder } from 'kysely';
import type { HoldId, Inventory, Reservation } from '../activities/ports.js';
import type { Database } from '../db/database.js';
import { holdExpiry } from '../db/stock-queue.js';
import { ask } from './postgres-errors.js';

/** Stock as a ledger in Postgres: one locked statement for whatever changes it. */
export const postgresInventory = (database: Database): Inventory => {
  const call = <Answer>(expression: RawBuilder<unknown>): Promise<Answer> =>
    ask(async () => {
      const { rows } = await sql<{ answer: Answer }>`select ${expression} as answer`.execute(
        database,
      );
      const [row] = rows;
      if (row === undefined) throw new Error('A select without from gave no row');
      return row.answer;
    });
  const act = async (expression: RawBuilder<unknown>): Promise<void> => {
    await call(expression);
  };
  return {
    reserve: (holdId, lines, { partial, holdMs } = { partial: false }) =>
      call<Reservation>(sql`inventory.reserve(
        ${holdId}, ${JSON.stringify(lines)}, ${partial}, ${holdExpiry(holdMs)})`),
    enqueue: (orderId, lines) =>
      act(sql`inventory.enqueue(${orderId}, ${JSON.stringify(lines)}, ${holdExpiry()})`),
    release: (holdId) => act(settle(holdId, 'released')),
    releasePart: (holdId, warehouseId) => act(settle(holdId, 'released', warehouseId)),
    issue: (holdId, warehouseId) => act(settle(holdId, 'issued', warehouseId)),
    extend: async (holdId) =>
      (await call<Date>(sql`inventory.extend(${holdId}, ${holdExpiry()})`)).toISOString(),
    restock: (key, lines) => act(sql`inventory.restock(${key}, ${JSON.stringify(lines)})`),
  };
};

const settle = (holdId: HoldId, state: 'released' | 'issued', warehouseId: string | null = null) =>
  sql`inventory.end_hold(${holdId}, ${state}, ${warehouseId})`;
