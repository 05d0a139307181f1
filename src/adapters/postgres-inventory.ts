import { sql, type RawBuilder } from 'kysely';
import type { HoldId, Inventory, Reservation } from '../activities/ports.js';
import type { Database } from '../db/database.js';
import { holdExpiry } from '../db/stock.js';
import { plainCall, PostgresEffect, type BookCall } from './postgres-effect.js';

/** Stock as a ledger in Postgres: one locked call for each change. */
export const postgresInventory = (database: Database): Inventory => {
  const act = (expression: RawBuilder<unknown>) =>
    new PostgresEffect(database, plainCall(sql`to_jsonb(${expression}::text)`));
  const endHold = (
    holdId: HoldId,
    state: 'released' | 'issued',
    warehouseId: string | null = null,
  ) => act(sql`inventory.end_hold(${holdId}, ${state}, ${warehouseId})`);
  return {
    reserve: (holdId, lines, { partial, holdMs } = { partial: false }) =>
      new PostgresEffect(
        database,
        reserving(sql`inventory.reserve(
        ${holdId}, ${JSON.stringify(lines)}, ${partial}, ${holdExpiry(holdMs)})`),
      ),
    enqueue: (orderId, lines) =>
      act(sql`inventory.enqueue(${orderId}, ${JSON.stringify(lines)}, ${holdExpiry()})`),
    release: (holdId) => endHold(holdId, 'released'),
    releasePart: (holdId, warehouseId) => endHold(holdId, 'released', warehouseId),
    issue: (holdId, warehouseId) => endHold(holdId, 'issued', warehouseId),
    extend: (holdId) =>
      new PostgresEffect(database, extending(sql`inventory.extend(${holdId}, ${holdExpiry()})`)),
    restock: (key, lines) => act(sql`inventory.restock(${key}, ${JSON.stringify(lines)})`),
  };
};

/** How much there is, and where, only the database knows. */
const reserving = (expression: RawBuilder<unknown>): BookCall<Reservation> => ({
  expression,
  outcomes: {
    reserved: { kind: 'reserved', allotments: [], dropped: [] },
    short: { kind: 'short', lines: [] },
  },
  blanks: { parcels: 'allotments', lines: 'lines' },
  outcomeOf: (answer) => answer as Reservation,
});

const extending = (expression: RawBuilder<unknown>): BookCall<string> => ({
  expression: sql`jsonb_build_object('until',
    to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`,
  outcomes: { done: '' },
  blanks: { until: 'until' },
  outcomeOf: (answer) => (answer as { readonly until: string }).until,
});
