import { join } from 'node:path';
import { upConfig, type Environment } from '../config.js';
import { migrateToLatest } from '../db/migrate.js';
import { seedCatalogue } from '../db/seed.js';
import { roleNames, type Part, type RoleName } from './part.js';
import { choosePorts } from './ports.js';
import { roleEnvironment, rolePart, roleScript, type Wiring } from './roles.js';
import { loadSecrets } from './secrets.js';
import type { StackOptions } from './stack.js';
import {
  openPostgres,
  openTemporal,
  type Databases,
  type StoreOptions,
  type Temporal,
} from './stores.js';
import { stageLine, type Paint } from './terminal.js';

/** What the start sequence needs of the stack that it builds up. */
export interface Site {
  readonly options: StackOptions;
  readonly stateDir: string;
  readonly environment: Environment;
  readonly paint: Paint;
  /** Aborted when the start fails or is broken off. */
  readonly signal: AbortSignal;
  /** Breaks the start off. */
  readonly breakOff: (reason: unknown) => void;
  /** Starts a part and keeps it running. */
  readonly start: (part: Part) => Promise<void>;
  readonly onUrls: (urls: Readonly<Record<string, string>>) => void;
}

export interface Foundation {
  readonly wiring: Wiring;
  readonly temporal: Temporal;
}

export const rolesOf = (options: StackOptions): readonly RoleName[] => options.roles ?? roleNames;

/** Postgres with its schema, and Temporal, side by side. */
export async function openFoundation(site: Site): Promise<Foundation> {
  const stores = await storeOptions(site);
  const [databases, temporal] = await together(site, [
    openDatabases(site, stores),
    stage(site, 'temporal', () => openTemporal(stores)),
  ]);
  const { databaseUrl, sandboxDatabaseUrl } = databases;
  return {
    temporal,
    wiring: {
      ports: stores.ports,
      secrets: stores.secrets,
      databaseUrl,
      sandboxDatabaseUrl,
      temporalAddress: temporal.address,
      temporalNamespace: stores.config.TEMPORAL_NAMESPACE,
      temporalUiUrl: temporal.uiUrl,
    },
  };
}

/** The sandbox first, because the others talk to it; they start side by side. */
export async function startRoles(site: Site, wiring: Wiring): Promise<void> {
  const roles = rolesOf(site.options);
  if (roles.includes('sandbox')) await startRole(site, 'sandbox', wiring);
  const others = roles.filter((role) => role !== 'sandbox');
  await together(
    site,
    others.map((role) => startRole(site, role, wiring)),
  );
}

/** Everything that a role finds in its environment. */
export function environmentOf(site: Site, role: RoleName, wiring: Wiring): Environment {
  const { extraEnv = {} } = site.options;
  return { ...site.environment, ...roleEnvironment(role, wiring), ...extraEnv[role] };
}

async function storeOptions(site: Site): Promise<StoreOptions> {
  const { options, stateDir, environment, signal, start } = site;
  return {
    stateDir,
    environment,
    signal,
    start,
    config: options.config ?? upConfig(),
    ports: await choosePorts(options.ports),
    secrets: loadSecrets(stateDir),
    temporal: options.temporal,
    print: options.print,
  };
}

async function openDatabases(site: Site, stores: StoreOptions): Promise<Databases> {
  const databases = await stage(site, 'postgres', () => openPostgres(stores));
  await stage(site, 'migrate', async () => {
    const names = await migrateToLatest(databases.databaseUrl);
    if (site.options.seed ?? true) await seedCatalogue(databases.databaseUrl);
    return { detail: names.length === 0 ? 'nothing to do' : `${names.length} migrations` };
  });
  return databases;
}

function startRole(site: Site, role: RoleName, wiring: Wiring): Promise<unknown> {
  const part = rolePart({
    role,
    script: site.options.scripts?.[role] ?? roleScript(role),
    environment: environmentOf(site, role, wiring),
    logFile: join(site.stateDir, 'logs', `${role}.log`),
    onUrls: site.onUrls,
  });
  return stage(site, role, async () => {
    await site.start(part);
    return { detail: 'ready' };
  });
}

async function stage<Outcome extends { readonly detail: string }>(
  { options, paint }: Site,
  name: string,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const startedAt = Date.now();
  const outcome = await work();
  options.print(stageLine(paint, name, outcome.detail, Date.now() - startedAt));
  return outcome;
}

/** Side by side; the first failure breaks the others off, and nobody is left behind unheard. */
async function together<Results extends readonly Promise<unknown>[]>(
  site: Site,
  work: readonly [...Results],
): Promise<{ -readonly [Index in keyof Results]: Awaited<Results[Index]> }> {
  try {
    return await Promise.all(work);
  } catch (error) {
    site.breakOff(error);
    await Promise.allSettled(work);
    throw error;
  }
}
