import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Tables } from './tables.js';

export type Database = Kysely<Tables>;

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
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
