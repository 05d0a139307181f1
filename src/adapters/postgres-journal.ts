import { sql } from 'kysely';
import type { Entry, Journal } from '../activities/ports.js';
import type { Fact, FactType, RecordedFact } from '../domain/facts.js';
import type { Database } from '../db/database.js';
import { ask } from './postgres-errors.js';

interface TimelineRow {
  readonly sequence: number;
  readonly type: FactType;
  readonly data: Record<string, unknown>;
  readonly at: Date;
}

/** The order's row, its timeline and its outbox, changed together by `orders.append`. */
export const postgresJournal = (database: Database): Journal => ({
  append: ({ orderId, key, facts, change }: Entry) =>
    ask(async () => {
      const state = change === undefined ? null : JSON.stringify(change.state);
      const { rows } = await sql<TimelineRow>`
        select sequence, type, data, at from orders.append(
          ${orderId}, ${key}, ${JSON.stringify(facts)}, ${change?.revision ?? null}, ${state}
        )`.execute(database);
      return rows.map(recordedFact);
    }),
});

/** The columns were written from a Fact by `append`; this puts it together again. */
const recordedFact = ({ sequence, type, data, at }: TimelineRow): RecordedFact => ({
  ...({ type, ...data } as unknown as Fact),
  sequence,
  at: at.toISOString(),
});
