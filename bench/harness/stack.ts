import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inheritedEnvironment, upConfig } from '../../src/config.js';
import { migrateToLatest } from '../../src/db/migrate.js';
import { seedCatalogue } from '../../src/db/seed.js';
import { cacheFolder } from '../../src/up/folders.js';
import { choosePorts, type Ports } from '../../src/up/ports.js';
import { ensureDatabase, withClient, withDatabase } from '../../src/up/postgres/databases.js';
import { embeddedPostgres } from '../../src/up/postgres/server.js';
import { startReaper, type Reaper } from '../../src/up/reaper.js';
import type { StackAddresses } from '../../src/up/roles.js';
import { loadSecrets, type Secrets } from '../../src/up/secrets.js';
import { devServerPart } from '../../src/up/temporal/dev-server.js';
import { findTemporalCli } from '../../src/up/temporal/cli.js';
import { SupervisedProcess } from './supervised-process.js';

export type Print = (line: string) => void;

export interface StackOptions {
  /** Of the folder, so that a person recognizes it. */
  readonly name: string;
  readonly print: Print;
  /** Settings of Postgres beside the usual ones. */
  readonly postgres?: Readonly<Record<string, string>>;
}

/** `memory` forgets all workflows when Temporal ends. */
export type TemporalKind = 'none' | 'memory' | 'file';

export const countingStatements = { shared_preload_libraries: 'pg_stat_statements' } as const;

const namespace = 'default';
const databases = ['orders', 'sandbox'] as const;

interface Base {
  /** Everything lies below it; it is removed at the end. */
  readonly folder: string;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly reaper: Reaper;
  readonly adminUrl: string;
}

/** One Postgres for the whole run, with new databases and a new Temporal whenever it is renewed. */
export class Stack {
  #temporal: SupervisedProcess | undefined;
  #renewals = 0;

  private constructor(
    private readonly base: Base,
    private readonly print: Print,
    readonly postgres: SupervisedProcess,
  ) {}

  static async open({ name, print, postgres: settings = {} }: StackOptions): Promise<Stack> {
    const folder = await mkdtemp(join(tmpdir(), `durable-orders-${name}-`));
    // Run by root, Postgres works as another user, who must get through to its data.
    await chmod(folder, 0o755);
    const environment = inheritedEnvironment();
    const ports = await choosePorts('free');
    const secrets = loadSecrets(folder);
    const reaper = startReaper(environment);
    const { part, adminUrl } = await embeddedPostgres({
      stateDir: folder,
      cacheFolder: cacheFolder(upConfig()),
      port: ports.postgres,
      password: secrets.postgresPassword,
      logFile: join(folder, 'logs', 'postgres.log'),
      environment,
    });
    const postgres = await SupervisedProcess.start(part, reaper);
    const statements = Object.entries(settings).map(
      ([setting, value]) => `alter system set ${setting} = '${value}'`,
    );
    for (const statement of statements) {
      await withClient(adminUrl, (client) => client.query(statement));
    }
    if (statements.length > 0) await postgres.renew();
    return new Stack({ folder, ports, secrets, reaper, adminUrl }, print, postgres);
  }

  get wiring(): StackAddresses {
    const { ports, secrets, adminUrl } = this.base;
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

  get folder(): string {
    return this.base.folder;
  }

  get logFolder(): string {
    return join(this.folder, 'logs');
  }

  get temporal(): SupervisedProcess | undefined {
    return this.#temporal;
  }

  /** Nothing of earlier runs is left. @returns a folder for what happens in this one */
  async renew(temporal: TemporalKind): Promise<string> {
    this.#renewals += 1;
    await this.#stopTemporal();
    const folder = join(this.folder, `run-${this.#renewals}`);
    [this.#temporal] = await Promise.all([
      temporal === 'none' ? undefined : this.#startTemporal(temporal, folder),
      this.#renewDatabases(),
    ]);
    return folder;
  }

  /** Ends everything and, unless the logs may be needed, removes every trace. */
  async stop({ keepsLogs }: { readonly keepsLogs: boolean }): Promise<void> {
    if (keepsLogs) this.print(`The logs are kept in ${this.logFolder}`);
    await this.#stopTemporal();
    await this.postgres.stopGently();
    this.base.reaper.dismiss();
    if (!keepsLogs) await rm(this.folder, { recursive: true, force: true });
  }

  async #startTemporal(kind: TemporalKind, folder: string): Promise<SupervisedProcess> {
    const environment = inheritedEnvironment();
    const { ports, reaper } = this.base;
    const search = { config: upConfig(), environment, print: this.print };
    const part = devServerPart({
      binary: (await findTemporalCli(search)).path,
      port: ports.temporal,
      namespace,
      ...(kind === 'file' && { dbFilename: join(folder, 'temporal.db') }),
      logFile: join(this.logFolder, 'temporal.log'),
      environment,
    });
    return SupervisedProcess.start(part, reaper);
  }

  async #stopTemporal(): Promise<void> {
    await this.#temporal?.stopGently();
    this.#temporal = undefined;
  }

  async #renewDatabases(): Promise<void> {
    const { adminUrl } = this.base;
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

/** Opens a stack for one piece of work. Its logs are kept when the work fails or is not good. */
export async function withStack<Result>(
  options: StackOptions,
  work: (stack: Stack) => Promise<Result>,
  isGood: (result: Result) => boolean = () => true,
): Promise<Result> {
  const stack = await Stack.open(options);
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
