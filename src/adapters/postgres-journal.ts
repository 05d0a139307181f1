import type { Entry, Journal, Written } from '../activities/ports.js';
import type { Fact, FactType, RecordedFact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import type { OrderState } from '../domain/order-state.js';
import { allRows, oneRow, type Database } from '../db/database.js';
import { overPostgres } from './postgres-errors.js';

interface TimelineRow {
  readonly sequence: number;
  readonly type: FactType;
  readonly data: Record<string, unknown>;
  /** RFC 3339, in the time zone of the database. */
  readonly at: string;
}

/** The order's row, its timeline and its outbox, changed together by `orders.append`. */
export const postgresJournal = (database: Database): Journal =>
  overPostgres({
    append: ({ change, ...entry }) => append(database, entry, change?.state, change?.revision),
    find: (orderId, key) => findEntry(database, orderId, key),
  });

/** A part of a larger transaction, which updates the order's row itself: only facts are written. */
export const factsJournal = (transaction: Database): Journal => ({
  append: (entry) => append(transaction, entry),
  find: (orderId, key) => findEntry(transaction, orderId, key),
});

async function findEntry(
  database: Database,
  orderId: OrderId,
  key: string,
): Promise<readonly RecordedFact[]> {
  const rows = await allRows<TimelineRow>(database)`
    select sequence, type, data, at from orders.history
    where order_id = ${orderId} and entry_key = ${key} order by sequence`;
  return rows.map(recordedFact);
}

/**
 * One entry, also as a part of a larger transaction.
 * @param state the fields of the order's row to change
 * @param revision absent once the order's workflow, which numbers its changes, has ended
 */
export async function append(
  database: Database,
  { orderId, key, facts }: Omit<Entry, 'change'>,
  state?: Partial<OrderState>,
  revision?: number,
): Promise<Written> {
  const fields = state === undefined ? null : JSON.stringify(state);
  const written = await oneRow<{ facts: readonly TimelineRow[]; rowRevision: number }>(database)`
      select facts, row_revision as "rowRevision" from orders.write(
        ${orderId}, ${key}, ${JSON.stringify(facts)}, ${revision ?? null}, ${fields})`;
  return { ...written, facts: written.facts.map(recordedFact) };
}

/** The inverse of `append`, which writes a Fact into these columns. */
const recordedFact = ({ sequence, type, data, at }: TimelineRow): RecordedFact => ({
  ...({ type, ...data } as unknown as Fact),
  sequence,
  at: new Date(at).toISOString(),
});
