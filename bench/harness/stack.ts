import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inheritedEnvironment, upConfig } from '../../src/config.js';
import { migrateToLatest } from '../../src/db/migrate.js';
import { seedCatalogue } from '../../src/db/seed.js';
import { cacheFolder } from '../../src/up/folders.js';
import { choosePorts } from '../../src/up/ports.js';
import {
  databaseName,
  ensureDatabase,
  withClient,
  withDatabase,
} from '../../src/up/postgres/databases.js';
import { embeddedPostgres } from '../../src/up/postgres/server.js';
import { startReaper, type Reaper } from '../../src/up/reaper.js';
import type { StackAddresses } from '../../src/up/roles.js';
import { loadSecrets } from '../../src/up/secrets.js';
import { devServerPart } from '../../src/up/temporal/dev-server.js';
import { findTemporalCli } from '../../src/up/temporal/servers.js';
import { SupervisedProcess } from './supervised-process.js';

export type Print = (line: string) => void;

interface StackOptions {
  readonly name: string;
  readonly print: Print;
  readonly postgres?: Readonly<Record<string, string>>;
  /** The sandbox's database in a Postgres of its own, so that each one's cost can be told apart. */
  readonly isSandboxApart?: boolean;
}

export const countingStatements = { shared_preload_libraries: 'pg_stat_statements' } as const;

const namespace = 'default';

export type Stack = Awaited<ReturnType<typeof openStack>>;

/** One Postgres (or one for each database) for the whole run, with new databases and a new Temporal whenever it is renewed. */
async function openStack(options: StackOptions) {
  const { name, print, postgres: settings = {}, isSandboxApart = false } = options;
  const folder = await mkdtemp(join(tmpdir(), `durable-orders-${name}-`));
  // Run by root, Postgres works as another user, who must get through to its data.
  await chmod(folder, 0o755);
  const logFolder = join(folder, 'logs');
  const environment = inheritedEnvironment();
  const ports = await choosePorts('free');
  const secrets = loadSecrets(folder);
  const reaper = startReaper(environment);
  const cluster = { folder, logFolder, password: secrets.postgresPassword, settings, reaper };
  const { server: postgres, url: adminUrl } = await startPostgres(
    cluster,
    'postgres',
    ports.postgres,
  );
  const apart = isSandboxApart
    ? await startPostgres(cluster, 'postgres-sandbox', (await choosePorts('free')).postgres)
    : undefined;
  const sandboxAdminUrl = apart?.url ?? adminUrl;
  const wiring: StackAddresses = {
    ports,
    secrets,
    databaseUrl: withDatabase(adminUrl, 'orders'),
    sandboxDatabaseUrl: withDatabase(sandboxAdminUrl, 'sandbox'),
    temporalAddress: `127.0.0.1:${ports.temporal}`,
    temporalNamespace: namespace,
    temporalUiUrl: undefined,
  };
  const startTemporal = async (file: { dbFilename?: string }): Promise<SupervisedProcess> => {
    const { path: binary } = await findTemporalCli({ config: upConfig(), environment, print });
    const logFile = join(logFolder, 'temporal.log');
    const options = { binary, port: ports.temporal, namespace, logFile, environment };
    return SupervisedProcess.start(devServerPart({ ...options, ...file }), reaper);
  };
  let temporal: SupervisedProcess | undefined;
  let renewals = 0;
  return {
    folder,
    logFolder,
    wiring,
    postgres,
    /** The sandbox's own; undefined where both share one. */
    sandboxPostgres: apart?.server,
    get temporal() {
      return temporal;
    },
    /**
     * Nothing of earlier runs is left. @returns a folder for what happens in this one
     * @param kind of Temporal; `memory` forgets all workflows when it ends
     */
    async renew(kind: 'none' | 'memory' | 'file'): Promise<string> {
      renewals += 1;
      await temporal?.stopGently();
      temporal = undefined;
      const runFolder = join(folder, `run-${renewals}`);
      const file = kind === 'file' ? { dbFilename: join(runFolder, 'temporal.db') } : {};
      [temporal] = await Promise.all([
        kind === 'none' ? undefined : startTemporal(file),
        renewDatabases(wiring),
      ]);
      return runFolder;
    },
    async stop({ keepsLogs }: { readonly keepsLogs: boolean }): Promise<void> {
      if (keepsLogs) print(`The logs are kept in ${logFolder}`);
      await temporal?.stopGently();
      await postgres.stopGently();
      await apart?.server.stopGently();
      reaper.dismiss();
      if (!keepsLogs) await rm(folder, { recursive: true, force: true });
    },
  };
}

interface ClusterOptions {
  readonly folder: string;
  readonly logFolder: string;
  readonly password: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
}

async function startPostgres(options: ClusterOptions, place: string, port: number) {
  const { folder, logFolder, password, settings, reaper } = options;
  const { part, adminUrl: url } = await embeddedPostgres({
    stateDir: join(folder, place),
    cacheFolder: cacheFolder(upConfig()),
    ...{ port, password },
    logFile: join(logFolder, `${place}.log`),
    environment: inheritedEnvironment(),
  });
  const server = await SupervisedProcess.start(part, reaper);
  for (const [setting, value] of Object.entries(settings)) {
    const statement = `alter system set ${setting} = '${value}'`;
    await withClient(url, (client) => client.query(statement));
  }
  if (Object.keys(settings).length > 0) await server.renew();
  return { server, url };
}

async function renewDatabases({ databaseUrl, sandboxDatabaseUrl }: StackAddresses): Promise<void> {
  for (const url of [databaseUrl, sandboxDatabaseUrl]) {
    await withClient(withDatabase(url, 'postgres'), (client) =>
      client.query(`drop database if exists ${databaseName(url)} with (force)`),
    );
    await ensureDatabase(url);
    await withClient(url, (client) =>
      client.query('create extension if not exists pg_stat_statements'),
    );
  }
  await migrateToLatest(databaseUrl);
  await seedCatalogue(databaseUrl);
}

/** Opens a stack for one piece of work. Its logs are kept when the work fails or is not good. */
export async function withStack<Result>(
  options: StackOptions,
  work: (stack: Stack) => Promise<Result>,
  isGood: (result: Result) => boolean = () => true,
): Promise<Result> {
  const stack = await openStack(options);
  let keepsLogs = true;
  try {
    const result = await work(stack);
    keepsLogs = !isGood(result);
    return result;
  } finally {
    await stack.stop({ keepsLogs });
  }
}

/** For short statements, also while Postgres comes and goes. */
export function openPool(connectionString: string, max = 4): pg.Pool {
  const pool = new pg.Pool({ connectionString, max, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => undefined);
  return pool;
}
