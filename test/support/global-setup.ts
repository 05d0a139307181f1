import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { inheritedEnvironment, upConfig } from '../../src/config.js';
import { migrateToLatest } from '../../src/db/migrate.js';
import { cacheFolder } from '../../src/up/folders.js';
import { choosePorts } from '../../src/up/ports.js';
import { ensureDatabase, withDatabase } from '../../src/up/postgres/databases.js';
import { startPostgres } from '../../src/up/postgres/server.js';
import { startReaper, type Reaper } from '../../src/up/reaper.js';
import { startDevServer } from '../../src/up/temporal/dev-server.js';
import { findTemporalCli, findTestServer } from '../../src/up/temporal/servers.js';
import { templateDatabase } from './postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The superuser's URL of the run's Postgres. */
    postgresUrl: string;
    /** Host and port of the run's Temporal server. */
    temporalAddress: string;
    /** The path of the Temporal CLI; empty when TEMPORAL_ADDRESS was given. */
    temporalCli: string;
    /** The path of the time-skipping server; empty when there is none. */
    testServer: string;
    /** Why there is none. */
    testServerReason: string;
  }
}

interface Run {
  readonly folder: string;
  readonly reaper: Reaper;
  readonly ports: { readonly postgres: number; readonly temporal: number };
}

const search = () => ({
  config: upConfig(),
  environment: inheritedEnvironment(),
  print: (line: string) => {
    process.stdout.write(`${line}\n`);
  },
});

/** One Postgres and one Temporal server for the whole run; both are gone afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = await openRun();
  const [postgres, temporal, testServer] = await Promise.all([
    openPostgres(run),
    openTemporal(run),
    findTestServer(search()),
  ]);
  project.provide('postgresUrl', postgres.adminUrl);
  project.provide('temporalAddress', temporal.address);
  project.provide('temporalCli', temporal.cli);
  project.provide('testServer', testServer.path ?? '');
  project.provide('testServerReason', testServer.reason);
  return async () => {
    await Promise.allSettled([postgres.stop(), temporal.stop()]);
    run.reaper.dismiss();
    await rm(run.folder, { recursive: true, force: true });
  };
}

async function openRun(): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'durable-orders-test-'));
  // Run by root, Postgres works as another user, who must get through to its data.
  await chmod(folder, 0o755);
  return { folder, reaper: startReaper(inheritedEnvironment()), ports: await choosePorts('free') };
}

async function openPostgres({ folder, reaper, ports }: Run) {
  const postgres = await startPostgres(
    {
      stateDir: folder,
      cacheFolder: cacheFolder(upConfig()),
      port: ports.postgres,
      password: randomBytes(16).toString('hex'),
      logFile: join(folder, 'logs', 'postgres.log'),
      environment: inheritedEnvironment(),
      volatile: true,
    },
    reaper,
  );
  const template = withDatabase(postgres.adminUrl, templateDatabase);
  await ensureDatabase(template);
  await migrateToLatest(template);
  return postgres;
}

async function openTemporal({ folder, reaper, ports }: Run) {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = upConfig();
  if (address !== undefined) return { address, cli: '', stop: () => Promise.resolve() };
  const cli = await findTemporalCli(search());
  const server = await startDevServer(
    {
      binary: cli.path,
      port: ports.temporal,
      namespace,
      logFile: join(folder, 'logs', 'temporal.log'),
      environment: inheritedEnvironment(),
    },
    reaper,
  );
  return { ...server, cli: cli.path };
}
