import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { NamingClient } from './named-statements.js';

/** Queries are written in SQL; Kysely has the pool, the transactions and the parameters. */
export type Database = Kysely<unknown>;

/** Amounts and ids of type bigint are far below 2^53; the CHECKs of the schema keep them there. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? Number
      : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
};

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** How long one statement may take, in milliseconds; 5 s without it. */
  readonly statementMs?: number;
  /** Called when an idle connection breaks, as when Postgres restarts; the pool opens a new one. */
  readonly onIdleError?: (error: Error) => void;
}

/** Opens a pool; nothing is connected before the first query. End it with `destroy()`. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, poolSize, statementMs = 5_000, onIdleError } = options;
  const pool = new pg.Pool({
    ...(isPreparing(url) && { Client: NamingClient }),
    connectionString: url,
    max: poolSize,
    types,
    connectionTimeoutMillis: 2_000,
    statement_timeout: statementMs,
    // Above it, for a server that does not answer at all.
    query_timeout: statementMs + 1_000,
    idle_in_transaction_session_timeout: 10_000,
  });
  // Without a listener a restart of Postgres would end this process.
  pool.on('error', (error) => onIdleError?.(error));
  // So would one during a transaction that waits for us; its next query fails by itself.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
}

const isPreparing = (url: string): boolean => !/[?&]prepare=false(&|$)/.test(url);

type Query<Result> = (
  text: TemplateStringsArray,
  ...parameters: readonly unknown[]
) => Promise<Result>;

/** To be followed by the query in SQL, as in allRows<Line>(database)`select …`. */
export const allRows =
  <Row>(database: Database): Query<readonly Row[]> =>
  async (text, ...parameters) =>
    (await sql<Row>(text, ...parameters).execute(database)).rows;

export const firstRow =
  <Row>(database: Database): Query<Row | undefined> =>
  async (text, ...parameters) =>
    (await allRows<Row>(database)(text, ...parameters))[0];

/** The row of a query that always has one. */
export const oneRow =
  <Row>(database: Database): Query<Row> =>
  async (text, ...parameters) => {
    const row = await firstRow<Row>(database)(text, ...parameters);
    if (row === undefined) throw new Error('The query gave no row');
    return row;
  };

/** The values of a query with one column. */
export const allValues =
  <Value>(database: Database): Query<readonly Value[]> =>
  async (text, ...parameters) => {
    const rows = await allRows<Record<string, Value>>(database)(text, ...parameters);
    return rows.flatMap(Object.values<Value>);
  };

export const firstValue =
  <Value>(database: Database): Query<Value | undefined> =>
  async (text, ...parameters) =>
    (await allValues<Value>(database)(text, ...parameters))[0];

export const hasRow =
  (database: Database): Query<boolean> =>
  async (text, ...parameters) =>
    (await allRows(database)(text, ...parameters)).length > 0;

export const execute =
  (database: Database): Query<void> =>
  async (text, ...parameters) => {
    await sql(text, ...parameters).execute(database);
  };

/** Inserts rows with the same members each. @throws when one of them is there */
export const insertRows = (database: Database, table: string, rows: readonly object[]) =>
  execute(database)`${insertion(table, rows)}`;

/** Inserts those of the rows that are not there. */
export const insertMissingRows = (database: Database, table: string, rows: readonly object[]) =>
  execute(database)`${insertion(table, rows)} on conflict do nothing`;

function insertion(table: string, rows: readonly object[]) {
  const columns = sql.join(Object.keys(rows[0] ?? {}).map((name) => sql.ref(name)));
  return sql`insert into ${sql.table(table)} (${columns}) select ${columns}
    from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`;
}
