import pg from 'pg';
import { waitFor } from '../src/runtime/deadline.js';
import type { PostgresFigures } from './report.js';

const restartLimitMs = 30_000;

/** Our own statements carry this mark and are not counted. */
const mark = '/* bench */';

/**
 * Lets Postgres count statements, for which it must be started again.
 * @param restart ends Postgres; somebody else starts it
 */
export async function countStatements(adminUrl: string, restart: () => void): Promise<void> {
  await once(adminUrl, `alter system set shared_preload_libraries = 'pg_stat_statements'`);
  restart();
  const what = 'Postgres to count statements';
  await waitFor(() => isCounting(adminUrl), { what, limitMs: restartLimitMs });
  await once(adminUrl, 'create extension if not exists pg_stat_statements');
}

const isCounting = (adminUrl: string): Promise<boolean> =>
  once(adminUrl, 'show shared_preload_libraries').then(
    (rows) => rows[0]?.['shared_preload_libraries'] === 'pg_stat_statements',
    () => false,
  );

async function once(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // Without a listener an end of Postgres would end this process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/**
 * What Postgres has done so far. Write transactions are the transaction ids it gave out: unlike the
 * counters of pg_stat_database they are exact at once.
 */
export async function postgresFigures(pool: pg.Pool): Promise<PostgresFigures> {
  const { rows } = await pool.query<PostgresFigures>(`select ${mark}
    coalesce(sum(s.calls) filter (where d.datname = 'orders'), 0)::float8 as "ordersStatements",
    coalesce(sum(s.calls) filter (where d.datname = 'sandbox'), 0)::float8 as "sandboxStatements",
    pg_snapshot_xmax(pg_current_snapshot())::text::float8 as "writeTransactions",
    pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as "walBytes"
    from pg_stat_statements s join pg_database d on d.oid = s.dbid
    where s.query not like '%${mark}%'`);
  const [figures] = rows;
  if (figures === undefined) throw new Error('A select of sums gave no row');
  return figures;
}

export const spent = (before: PostgresFigures, after: PostgresFigures): PostgresFigures => ({
  ordersStatements: after.ordersStatements - before.ordersStatements,
  sandboxStatements: after.sandboxStatements - before.sandboxStatements,
  writeTransactions: after.writeTransactions - before.writeTransactions,
  walBytes: after.walBytes - before.walBytes,
});

/** The processes of Postgres that serve the sandbox's database: not the service's cost. */
export async function sandboxBackends(pool: pg.Pool): Promise<readonly number[]> {
  const { rows } = await pool.query<{ pid: number }>(
    `select ${mark} pid from pg_stat_activity where datname = 'sandbox'`,
  );
  return rows.map(({ pid }) => pid);
}
