import { join } from 'node:path';
import { upConfig, type Environment } from '../config.js';
import { migrateToLatest } from '../db/migrate.js';
import { seedCatalogue } from '../db/seed.js';
import { roleNames, type Part, type RoleName } from './part.js';
import { choosePorts } from './ports.js';
import { roleEnvironment, rolePart, roleScript, type StackAddresses } from './roles.js';
import { loadSecrets } from './secrets.js';
import type { StackOptions } from './stack.js';
import {
  openPostgres,
  openTemporal,
  type Databases,
  type StoreContext,
  type Temporal,
} from './stores.js';
import { stageLine, type Paint } from './terminal.js';

/** What the start sequence needs of the stack that it builds up. */
export interface StartContext {
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

export interface Infrastructure {
  readonly addresses: StackAddresses;
  readonly temporal: Temporal;
}

export const rolesOf = (options: StackOptions): readonly RoleName[] => options.roles ?? roleNames;

/** Postgres with its schema, and Temporal, side by side. */
export async function openInfrastructure(context: StartContext): Promise<Infrastructure> {
  const { options, stateDir } = context;
  const stores: StoreContext = {
    ...context,
    config: options.config ?? upConfig(),
    ports: await choosePorts(options.ports),
    secrets: loadSecrets(stateDir),
  };
  const [databases, temporal] = await together(context, [
    openDatabases(stores),
    stage(context, 'temporal', () => openTemporal(stores)),
  ]);
  const { databaseUrl, sandboxDatabaseUrl } = databases;
  return {
    temporal,
    addresses: {
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
export async function startRoles(context: StartContext, addresses: StackAddresses): Promise<void> {
  const roles = rolesOf(context.options);
  if (roles.includes('sandbox')) await startRole(context, 'sandbox', addresses);
  const others = roles.filter((role) => role !== 'sandbox');
  await together(
    context,
    others.map((role) => startRole(context, role, addresses)),
  );
}

/** Everything that a role finds in its environment. */
export function environmentOf(
  context: StartContext,
  role: RoleName,
  addresses: StackAddresses,
): Environment {
  const { extraEnv = {} } = context.options;
  return { ...context.environment, ...roleEnvironment(role, addresses), ...extraEnv[role] };
}

async function openDatabases(context: StoreContext): Promise<Databases> {
  const databases = await stage(context, 'postgres', () => openPostgres(context));
  await stage(context, 'migrate', async () => {
    const names = await migrateToLatest(databases.databaseUrl);
    if (context.options.seed ?? true) await seedCatalogue(databases.databaseUrl);
    return { detail: names.length === 0 ? 'nothing to do' : `${names.length} migrations` };
  });
  return databases;
}

function startRole(
  context: StartContext,
  role: RoleName,
  addresses: StackAddresses,
): Promise<unknown> {
  const part = rolePart({
    role,
    script: context.options.scripts?.[role] ?? roleScript(role),
    environment: environmentOf(context, role, addresses),
    logFile: join(context.stateDir, 'logs', `${role}.log`),
    onUrls: context.onUrls,
  });
  return stage(context, role, async () => {
    await context.start(part);
    return { detail: 'ready' };
  });
}

async function stage<Outcome extends { readonly detail: string }>(
  { options, paint }: StartContext,
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
  context: StartContext,
  work: readonly [...Results],
): Promise<{ -readonly [Index in keyof Results]: Awaited<Results[Index]> }> {
  try {
    return await Promise.all(work);
  } catch (error) {
    context.breakOff(error);
    await Promise.allSettled(work);
    throw error;
  }
}
