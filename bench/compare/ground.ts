import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { inheritedEnvironment, upConfig } from '../../src/config.js';
import { migrateToLatest } from '../../src/db/migrate.js';
import { seedCatalogue } from '../../src/db/seed.js';
import { cacheFolder } from '../../src/up/cache-folder.js';
import { choosePorts, type Ports } from '../../src/up/ports.js';
import { ensureDatabase, withClient, withDatabase } from '../../src/up/postgres/databases.js';
import { embeddedPostgres } from '../../src/up/postgres/server.js';
import { startReaper, type Reaper } from '../../src/up/reaper.js';
import type { StackAddresses } from '../../src/up/roles.js';
import { loadSecrets, type Secrets } from '../../src/up/secrets.js';
import { findTemporalCli } from '../../src/up/temporal/cli.js';
import { devServerPart } from '../../src/up/temporal/dev-server.js';
import { countStatements } from '../postgres.js';
import { Restartable } from '../restartable.js';

const namespace = 'default';
const databases = ['orders', 'sandbox'] as const;

interface Site {
  /** Everything lies below it; it is removed at the end. */
  readonly folder: string;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly temporalCli: string;
  readonly reaper: Reaper;
  readonly adminUrl: string;
}

/** One Postgres for the whole run, with new databases and a new Temporal for each cell of it. */
export class Ground {
  #temporal: Restartable | undefined;
  #cells = 0;

  private constructor(
    private readonly site: Site,
    readonly postgres: Restartable,
  ) {}

  /** Needs nothing but the build. */
  static async open(print: (line: string) => void): Promise<Ground> {
    const folder = await mkdtemp(join(tmpdir(), 'durable-orders-compare-'));
    // Run by root, Postgres works as another user, who must get through to its data.
    await chmod(folder, 0o755);
    const environment = inheritedEnvironment();
    const config = upConfig();
    const { path: temporalCli } = await findTemporalCli({ config, environment, print });
    const ports = await choosePorts('free');
    const secrets = loadSecrets(folder);
    const reaper = startReaper(environment);
    const { part, adminUrl } = await embeddedPostgres({
      stateDir: folder,
      cacheFolder: cacheFolder(config),
      port: ports.postgres,
      password: secrets.postgresPassword,
      logFile: join(folder, 'logs', 'postgres.log'),
      environment,
    });
    const postgres = await Restartable.start(part, reaper);
    await countingStatements(postgres, adminUrl);
    return new Ground({ folder, ports, secrets, temporalCli, reaper, adminUrl }, postgres);
  }

  get wiring(): StackAddresses {
    const { ports, secrets, adminUrl } = this.site;
    return {
      ports,
      secrets,
      databaseUrl: withDatabase(adminUrl, 'orders'),
      sandboxDatabaseUrl: withDatabase(adminUrl, 'sandbox'),
      temporalAddress: `127.0.0.1:${ports.temporal}`,
      temporalNamespace: namespace,
      temporalUiUrl: undefined,
    };
  }

  get logFolder(): string {
    return join(this.site.folder, 'logs');
  }

  /** @throws Error when it does not run */
  get temporal(): Restartable {
    if (this.#temporal === undefined) throw new Error('Temporal does not run');
    return this.#temporal;
  }

  get temporalPid(): number | undefined {
    return this.#temporal?.pid;
  }

  /** Nothing of earlier cells is left. @returns a folder for what happens in this one */
  async begin({ hasEngine }: { readonly hasEngine: boolean }): Promise<string> {
    this.#cells += 1;
    await this.#stopTemporal();
    const cell = join(this.site.folder, `cell-${this.#cells}`);
    const [temporal] = await Promise.all([
      hasEngine ? this.#startTemporal(join(cell, 'temporal.db')) : undefined,
      this.#renewDatabases(),
    ]);
    this.#temporal = temporal;
    return join(cell, 'points');
  }

  /** @param work must not keep the connection */
  async withTemporal<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = await Connection.connect({ address: this.wiring.temporalAddress });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  /** Ends everything and, unless the logs may be needed, removes every trace. */
  async stop({ keepsLogs }: { readonly keepsLogs: boolean }): Promise<void> {
    await this.#stopTemporal();
    await this.postgres.stop();
    this.site.reaper.dismiss();
    if (!keepsLogs) await rm(this.site.folder, { recursive: true, force: true });
  }

  #startTemporal(dbFilename: string): Promise<Restartable> {
    const { ports, temporalCli, reaper } = this.site;
    const part = devServerPart({
      binary: temporalCli,
      port: ports.temporal,
      namespace,
      // It has to be there again after a restart.
      dbFilename,
      logFile: join(this.logFolder, 'temporal.log'),
      environment: inheritedEnvironment(),
    });
    return Restartable.start(part, reaper);
  }

  async #stopTemporal(): Promise<void> {
    await this.#temporal?.stop();
    this.#temporal = undefined;
  }

  async #renewDatabases(): Promise<void> {
    const { adminUrl } = this.site;
    await withClient(adminUrl, async (client) => {
      for (const name of databases)
        await client.query(`drop database if exists ${name} with (force)`);
    });
    for (const name of databases) await ensureDatabase(withDatabase(adminUrl, name));
    const { databaseUrl } = this.wiring;
    await migrateToLatest(databaseUrl);
    await seedCatalogue(databaseUrl);
    await withClient(databaseUrl, (client) =>
      client.query('create extension if not exists pg_stat_statements'),
    );
  }
}

/** The restart that this asks for is over when it returns. */
async function countingStatements(postgres: Restartable, adminUrl: string): Promise<void> {
  let restarting: Promise<void> = Promise.resolve();
  await countStatements(adminUrl, () => {
    restarting = postgres.restart('in_order');
  });
  await restarting;
}

/** For short statements, also while Postgres comes and goes. */
export function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 4, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => undefined);
  return pool;
}
