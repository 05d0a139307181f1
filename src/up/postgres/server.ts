import { mkdirSync } from 'node:fs';
import type { Environment } from '../../config.js';
import { startUnsupervised, type Part } from '../part.js';
import type { Reaper } from '../reaper.js';
import { waitFor } from '../../runtime/deadline.js';
import { databaseAccount } from './account.js';
import { postgresBinaries } from './binaries.js';
import { clearLeftover, clusterUser, dataFolder, ensureCluster, type Cluster } from './cluster.js';
import { answersQueries } from './databases.js';

export interface PostgresOptions {
  /** The data lies below it, where Postgres can reach it. */
  readonly stateDir: string;
  readonly cacheFolder: string;
  readonly port: number;
  readonly password: string;
  readonly logFile: string;
  readonly environment: Environment;
  /** Trades the safety of the data for speed; for tests. */
  readonly volatile?: boolean;
}

/** Ends last: the pools of the other parts would report its end as errors. */
const order = 0;
const readyLimitMs = 60_000;
const volatileSettings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  // So that tests can count.
  'shared_preload_libraries=pg_stat_statements',
];

/**
 * Makes an embedded Postgres ready to be started: its programs, its cluster.
 * @throws Error when this machine cannot run it
 */
export async function embeddedPostgres(options: PostgresOptions) {
  mkdirSync(options.stateDir, { recursive: true });
  const account = databaseAccount();
  const binaries = await postgresBinaries(options.cacheFolder, account);
  const data = dataFolder(options.stateDir, account);
  const cluster = { binaries, data, password: options.password, account };
  await clearLeftover(data);
  await ensureCluster(cluster);
  const secret = encodeURIComponent(options.password);
  /** The superuser's URL of the database `postgres`. */
  const adminUrl = `postgres://${clusterUser}:${secret}@127.0.0.1:${options.port}/postgres`;
  return { part: postgresPart(options, cluster, adminUrl), version: binaries.version, adminUrl };
}

export type RunningPostgres = Awaited<ReturnType<typeof startPostgres>>;

/**
 * Starts an embedded Postgres that is not restarted.
 * @param reaper ends it if this process is killed
 * @throws PartError
 */
export async function startPostgres(options: PostgresOptions, reaper?: Reaper) {
  const { part, adminUrl } = await embeddedPostgres(options);
  return { adminUrl, ...(await startUnsupervised(part, reaper)) };
}

function postgresPart(options: PostgresOptions, cluster: Cluster, adminUrl: string): Part {
  const { port, logFile, environment } = options;
  return {
    name: 'postgres',
    order,
    readyLimitMs,
    // A fast shutdown; on SIGTERM Postgres would wait until every client has gone.
    stopSignal: 'SIGINT',
    graceMs: 15_000,
    launch: async () => {
      await clearLeftover(cluster.data);
      return {
        command: [cluster.binaries.postgres, ...serverArguments(cluster.data, port, options)],
        environment,
        logFile,
        channel: false,
        folder: cluster.data,
        runAs: cluster.account,
      };
    },
    ready: async (_child, signal) => {
      const what = 'Postgres to answer';
      await waitFor(() => answersQueries(adminUrl), { what, limitMs: readyLimitMs, signal });
    },
  };
}

function serverArguments(
  data: string,
  port: number,
  { volatile = false }: PostgresOptions,
): readonly string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    ...(volatile ? volatileSettings : []),
  ];
  return ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
}
