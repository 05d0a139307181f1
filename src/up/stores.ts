import { join } from 'node:path';
import type { Environment, UpConfig } from '../config.js';
import { cacheFolder } from './folders.js';
import type { Part } from './part.js';
import type { Ports } from './ports.js';
import { databaseName, ensureDatabase, withDatabase } from './postgres/databases.js';
import { embeddedPostgres } from './postgres/server.js';
import type { Secrets } from './secrets.js';
import type { StackOptions } from './stack.js';
import { devServerPart } from './temporal/dev-server.js';
import { namespaceAnswers, registerSearchAttributes } from './temporal/namespace.js';
import { findTemporalCli } from './temporal/servers.js';

export interface StoreContext extends Pick<StackOptions, 'stateDir' | 'print'> {
  readonly environment: Environment;
  /** Aborted when the start fails or is broken off. */
  readonly signal: AbortSignal;
  readonly config: UpConfig;
  readonly ports: Ports;
  readonly secrets: Secrets;
  /** Starts a part and keeps it running. */
  readonly start: (part: Part) => Promise<void>;
}

/** Postgres: the one that DATABASE_URL names, else an embedded one. Both databases exist then. */
export async function openPostgres(context: StoreContext) {
  const { config } = context;
  const { databaseUrl, sandbox, detail } =
    config.DATABASE_URL === undefined
      ? await startEmbedded(context)
      : namedDatabases(config.DATABASE_URL);
  const sandboxDatabaseUrl = config.SANDBOX_DATABASE_URL ?? sandbox;
  await ensureDatabase(databaseUrl);
  await ensureDatabase(sandboxDatabaseUrl);
  return { databaseUrl, sandboxDatabaseUrl, detail };
}

const namedDatabases = (url: string) => ({
  detail: 'from DATABASE_URL',
  databaseUrl: url,
  sandbox: withDatabase(url, `${databaseName(url)}_sandbox`),
});

async function startEmbedded(context: StoreContext) {
  const { stateDir, config, ports, secrets, environment } = context;
  const { part, version, adminUrl } = await embeddedPostgres({
    stateDir,
    cacheFolder: cacheFolder(config),
    port: ports.postgres,
    password: secrets.postgresPassword,
    logFile: join(stateDir, 'logs', 'postgres.log'),
    environment,
  });
  await context.start(part);
  return {
    detail: `embedded ${version}`,
    databaseUrl: withDatabase(adminUrl, 'orders'),
    sandbox: withDatabase(adminUrl, 'sandbox'),
  };
}

interface Temporal {
  /** One line on where it comes from. */
  readonly detail: string;
  readonly address: string;
  readonly uiUrl: string | undefined;
  readonly cli?: string;
}

/** The file of the development server, which `--fresh` forgets. */
export const temporalFile = (stateDir: string): string => join(stateDir, 'temporal.db');

/** Temporal: the one that TEMPORAL_ADDRESS names, else a development server of our own. */
export async function openTemporal(context: StoreContext): Promise<Temporal> {
  const address = context.config.TEMPORAL_ADDRESS;
  return address === undefined ? startOwnTemporal(context) : useTemporal(address, context);
}

async function useTemporal(
  address: string,
  { config, print, signal }: StoreContext,
): Promise<Temporal> {
  const target = { address, namespace: config.TEMPORAL_NAMESPACE };
  await namespaceAnswers({ ...target, signal });
  const registration = await registerSearchAttributes(target);
  if (registration.kind === 'refused') {
    print(`temporal: search attributes missing: ${registration.missing.join(', ')}`);
    print(`temporal: they could not be added (${registration.reason}); add them by hand`);
  }
  return { address, detail: 'from TEMPORAL_ADDRESS', uiUrl: config.TEMPORAL_UI_URL };
}

async function startOwnTemporal(context: StoreContext): Promise<Temporal> {
  const { stateDir, config, environment, ports } = context;
  const cli = await findTemporalCli(context);
  await context.start(
    devServerPart({
      binary: cli.path,
      port: ports.temporal,
      uiPort: ports.temporalUi,
      namespace: config.TEMPORAL_NAMESPACE,
      logFile: join(stateDir, 'logs', 'temporal.log'),
      environment,
      dbFilename: temporalFile(stateDir),
    }),
  );
  return {
    detail: `${cli.source}: ${cli.path}`,
    cli: cli.path,
    address: `127.0.0.1:${ports.temporal}`,
    uiUrl: `http://127.0.0.1:${ports.temporalUi}`,
  };
}
