import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { inheritedEnvironment, upConfig } from '../../src/config.js';
import { migrateToLatest } from '../../src/db/migrate.js';
import { cacheFolder } from '../../src/up/cache-folder.js';
import { choosePorts } from '../../src/up/ports.js';
import { ensureDatabase, withClient, withDatabase } from '../../src/up/postgres/databases.js';
import { startPostgres, type RunningPostgres } from '../../src/up/postgres/server.js';
import { cpuOf, cpuOfTree } from '../processes.js';
import { ledgerTables } from './ledger.js';

export interface Relay {
  readonly pid: number;
  stop(): Promise<void>;
}

/** A Postgres of one's own, as `npm start` has it, with the service's schema. */
export class EventGround {
  private constructor(
    private readonly postgres: RunningPostgres,
    private readonly folder: string,
    readonly url: string,
    readonly pool: pg.Pool,
  ) {}

  static async open(): Promise<EventGround> {
    const folder = await mkdtemp(join(tmpdir(), 'durable-orders-events-'));
    // Run by root, Postgres works as another user, who must get through to its data.
    await chmod(folder, 0o755);
    const { postgres: port } = await choosePorts('free');
    const start = () =>
      startPostgres({
        stateDir: folder,
        cacheFolder: cacheFolder(upConfig()),
        port,
        password: 'bench',
        logFile: join(folder, 'logs', 'postgres.log'),
        environment: inheritedEnvironment(),
      });
    const first = await start();
    // Latency is the time from one commit to the other, by Postgres' own clock.
    await withClient(first.adminUrl, (client) =>
      client.query('alter system set track_commit_timestamp = on'),
    );
    await first.stop();
    const postgres = await start();
    const url = withDatabase(postgres.adminUrl, 'events');
    await ensureDatabase(url);
    await migrateToLatest(url);
    const pool = new pg.Pool({ connectionString: url, max: 8 });
    pool.on('error', () => undefined);
    await pool.query(ledgerTables);
    return new EventGround(postgres, folder, url, pool);
  }

  async startRelay(): Promise<Relay> {
    const script = fileURLToPath(new URL('relay-process.js', import.meta.url));
    const child = fork(script, [this.url]);
    const ended = once(child, 'exit').then(() => {
      throw new Error('The relay ended before it was ready');
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return { pid: child.pid ?? 0, stop: () => stopped(child) };
  }

  cpuMs(relay: Relay): { readonly relay: number; readonly postgres: number } {
    return { relay: cpuOf(relay.pid), postgres: cpuOfTree(this.postgres.pid) };
  }

  async stop(): Promise<void> {
    await this.pool.end();
    await this.postgres.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
}
