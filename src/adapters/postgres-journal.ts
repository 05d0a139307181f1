import type { Effect, Entry, Journal, Written } from '../activities/ports.js';
import type { Fact, FactType, RecordedFact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import type { OrderState } from '../domain/order-state.js';
import { allRows, oneRow, type Database } from '../db/database.js';
import { PostgresEffect, type BookCall } from './postgres-effect.js';
import { overPostgres } from './postgres-errors.js';

interface TimelineRow {
  readonly sequence: number;
  readonly type: FactType;
  readonly data: Record<string, unknown>;
  /** RFC 3339, in the time zone of the database. */
  readonly at: string;
}

interface WrittenRow {
  readonly facts: readonly TimelineRow[];
  readonly rowRevision: number;
}

/** The order's row, its timeline and its outbox, changed together by `orders.write`. */
export const postgresJournal = (database: Database): Journal =>
  overPostgres(journalOf(database, (entry) => entry));

/** A part of a larger transaction, which updates the order's row itself: only facts are written. */
export const factsJournal = (transaction: Database): Journal =>
  journalOf(transaction, ({ orderId, key, facts }) => ({ orderId, key, facts }));

/** @param asWritten what of an entry is written */
const journalOf = (database: Database, asWritten: (entry: Entry) => Entry): Journal => ({
  append: (entry) => appendEntry(database, asWritten(entry)),
  appendWith: (effect, entryOf) =>
    appendWith(database, effect, (outcome) => asWritten(entryOf(outcome))),
  find: (orderId, key) => findEntry(database, orderId, key),
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

const appendEntry = (database: Database, { change, ...entry }: Entry): Promise<Written> =>
  append(database, entry, change?.state, change?.revision);

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
  return writtenOf(
    await oneRow<WrittenRow>(database)`
      select facts, row_revision as "rowRevision" from orders.write(
        ${orderId}, ${key}, ${JSON.stringify(facts)}, ${revision ?? null}, ${fields})`,
  );
}

/** An effect of another database, or of a provider, comes first; ours and its entry are one statement. */
async function appendWith<Outcome>(
  database: Database,
  effect: Effect<Outcome>,
  entryOf: (outcome: Outcome) => Entry,
): Promise<{ readonly outcome: Outcome } & Written> {
  const isOurs = effect instanceof PostgresEffect && effect.database === database;
  const prepared = isOurs
    ? await (effect as PostgresEffect<Outcome>).prepare()
    : { outcome: await effect };
  if (!('outcome' in prepared)) return appendCall(database, prepared, entryOf);
  const { outcome } = prepared;
  return { outcome, ...(await appendEntry(database, entryOf(outcome))) };
}

async function appendCall<Outcome>(
  database: Database,
  { expression, outcomes, blanks = {}, outcomeOf }: BookCall<Outcome>,
  entryOf: (outcome: Outcome) => Entry,
): Promise<{ readonly outcome: Outcome } & Written> {
  const entries = Object.entries(outcomes).map(([kind, outcome]) => ({
    kind,
    ...entryOf(outcome),
  }));
  const [{ orderId, key } = { orderId: '', key: '' }] = entries;
  const given = Object.fromEntries(
    entries.map(({ kind, facts, change }) => [kind, { facts, ...change }]),
  );
  const { answer, ...written } = await oneRow<WrittenRow & { readonly answer: unknown }>(database)`
    select effect.answer, written.facts, written.row_revision as "rowRevision"
    from orders.open_entry(${orderId}, ${key}) as opened (answer)
    cross join lateral (
      select coalesce(opened.answer, ${expression}) as answer offset 0) effect
    cross join lateral orders.write_outcome(${orderId}, ${key}, effect.answer,
      ${JSON.stringify(given)}, ${JSON.stringify(blanks)}) written`;
  return { outcome: await outcomeOf(answer), ...writtenOf(written) };
}

/** There is no entry about an outcome that is none, such as a label that has to be voided. */
const writtenOf = ({ facts, rowRevision }: Partial<WrittenRow>): Written => ({
  facts: (facts ?? []).map(recordedFact),
  rowRevision: rowRevision ?? 0,
});

/** The inverse of `append`, which writes a Fact into these columns. */
const recordedFact = ({ sequence, type, data, at }: TimelineRow): RecordedFact => ({
  ...({ type, ...data } as unknown as Fact),
  sequence,
  at: new Date(at).toISOString(),
});
