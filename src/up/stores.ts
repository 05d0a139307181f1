import { join } from 'node:path';
import type { UpConfig } from '../config.js';
import type { StartContext } from './assembly.js';
import { cacheFolder } from './folders.js';
import type { Ports } from './ports.js';
import { databaseName, ensureDatabase, withDatabase } from './postgres/databases.js';
import { embeddedPostgres } from './postgres/server.js';
import type { Secrets } from './secrets.js';
import { findTemporalCli } from './temporal/servers.js';
import { devServerPart } from './temporal/dev-server.js';
import { namespaceAnswers, registerSearchAttributes } from './temporal/namespace.js';

export interface StoreContext extends StartContext {
  readonly config: UpConfig;
  readonly ports: Ports;
  readonly secrets: Secrets;
}

/** A store that can be used, and one line on where it comes from. */
export interface Databases {
  readonly detail: string;
  readonly databaseUrl: string;
  readonly sandboxDatabaseUrl: string;
}

/** Postgres: the one that DATABASE_URL names, else an embedded one. Both databases exist then. */
export async function openPostgres(context: StoreContext): Promise<Databases> {
  const { config } = context;
  const databases =
    config.DATABASE_URL === undefined
      ? await startEmbedded(context)
      : { ...namedDatabases(config.DATABASE_URL), detail: 'from DATABASE_URL' };
  const urls = {
    ...databases,
    sandboxDatabaseUrl: config.SANDBOX_DATABASE_URL ?? databases.sandboxDatabaseUrl,
  };
  await ensureDatabase(urls.databaseUrl);
  await ensureDatabase(urls.sandboxDatabaseUrl);
  return urls;
}

function namedDatabases(url: string): Omit<Databases, 'detail'> {
  const sandbox = `${databaseName(url)}_sandbox`;
  return { databaseUrl: url, sandboxDatabaseUrl: withDatabase(url, sandbox) };
}

async function startEmbedded(context: StoreContext): Promise<Databases> {
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
    sandboxDatabaseUrl: withDatabase(adminUrl, 'sandbox'),
  };
}

export interface Temporal {
  readonly detail: string;
  readonly address: string;
  readonly uiUrl?: string;
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
  { config, options: { print }, signal }: StoreContext,
): Promise<Temporal> {
  const target = { address, namespace: config.TEMPORAL_NAMESPACE };
  await namespaceAnswers({ ...target, signal });
  const registration = await registerSearchAttributes(target);
  if (registration.kind === 'refused') {
    print(`temporal: search attributes missing: ${registration.missing.join(', ')}`);
    print(`temporal: they could not be added (${registration.reason}); add them by hand`);
  }
  const uiUrl = config.TEMPORAL_UI_URL;
  return { address, detail: 'from TEMPORAL_ADDRESS', ...(uiUrl === undefined ? {} : { uiUrl }) };
}

async function startOwnTemporal(context: StoreContext): Promise<Temporal> {
  const { options, stateDir, config, environment, ports } = context;
  const cli = await findTemporalCli({ ...context, print: options.print });
  await context.start(
    devServerPart({
      binary: cli.path,
      port: ports.temporal,
      uiPort: ports.temporalUi,
      namespace: config.TEMPORAL_NAMESPACE,
      logFile: join(stateDir, 'logs', 'temporal.log'),
      environment,
      ...(options.temporal === 'file' ? { dbFilename: temporalFile(stateDir) } : {}),
    }),
  );
  return {
    detail: `${cli.source}: ${cli.path}`,
    cli: cli.path,
    address: `127.0.0.1:${ports.temporal}`,
    uiUrl: `http://127.0.0.1:${ports.temporalUi}`,
  };
}
