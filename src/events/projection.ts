import { sql, type Transaction } from 'kysely';
import { allRows, execute } from '../db/database.js';
import type { EventType } from './catalogue/catalogue.js';
import type { OrderEvent } from './order-event.js';

/** What the events of each type make of an order; the same, or undefined, when they change nothing. */
export type Steps<Known> = {
  readonly [Type in EventType]?: (
    before: Known | undefined,
    event: OrderEvent<Type>,
  ) => Known | undefined;
};

type AnySteps<Known> = Partial<
  Record<string, (before: Known | undefined, event: OrderEvent) => Known | undefined>
>;

/** A table with one row for each order, which is made of its events. */
export interface Projection<Known> {
  /** With its schema; the key is `order_id`. */
  readonly table: string;
  /** Their types are those that the team has to get. */
  readonly steps: Steps<Known>;
  /** The other columns. */
  readonly rowOf: (known: Known) => object;
  readonly knownIn: (row: Readonly<Record<string, unknown>>) => Known;
}

interface Change<Known> {
  readonly before: Known | undefined;
  readonly after: Known;
}

/** Applies events to the rows of their orders. @returns what has changed, one for each order */
export async function project<Known>(
  transaction: Transaction<unknown>,
  { table, steps, rowOf, knownIn }: Projection<Known>,
  events: readonly OrderEvent[],
): Promise<readonly Change<Known>[]> {
  const orderIds = [...new Set(events.map(({ subject }) => subject))];
  const found = await allRows<{ order_id: string; row: Readonly<Record<string, unknown>> }>(
    transaction,
  )`select order_id, to_jsonb(t) as row from ${sql.table(table)} t where order_id = any(${orderIds})`;
  const known = new Map(found.map(({ order_id, row }) => [order_id, knownIn(row)]));
  const changed = new Map<string, Change<Known>>();
  for (const event of events) {
    const before = changed.get(event.subject)?.after ?? known.get(event.subject);
    const after = (steps as AnySteps<Known>)[event.type]?.(before, event);
    if (after === undefined || after === before) continue;
    changed.set(event.subject, { before: known.get(event.subject), after });
  }
  const rows = [...changed].map(([order_id, { after }]) => ({ ...rowOf(after), order_id }));
  if (rows.length > 0) await upsert(transaction, table, rows);
  return [...changed.values()];
}

async function upsert(
  transaction: Transaction<unknown>,
  table: string,
  rows: readonly object[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).map((name) => sql.ref(name));
  const changes = columns.map((column) => sql`${column} = excluded.${column}`);
  await execute(transaction)`
    insert into ${sql.table(table)} (${sql.join(columns)}) select ${sql.join(columns)}
    from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)
    on conflict (order_id) do update set ${sql.join(changes)}`;
}
