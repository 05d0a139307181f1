import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inheritedEnvironment, upConfig } from '../../src/config.js';
import { openDatabase, type Database } from '../../src/db/database.js';
import { migrateToLatest } from '../../src/db/migrate.js';
import type { Team } from '../../src/events/team.js';
import { createTeams, findTeams } from '../../src/events/teams.js';
import { cacheFolder } from '../../src/up/cache-folder.js';
import type { RunningChild } from '../../src/up/child-process.js';
import { startPart, stopPart } from '../../src/up/part.js';
import { choosePorts } from '../../src/up/ports.js';
import { ensureDatabase, withDatabase } from '../../src/up/postgres/databases.js';
import { embeddedPostgres, type EmbeddedPostgres } from '../../src/up/postgres/server.js';
import { startReaper, type Reaper } from '../../src/up/reaper.js';

const poolSize = 24;
const comebackLimitMs = 20_000;
const comebackPauseMs = 200;

/** A Postgres of one's own, which may be killed and comes again, with the service's schema. */
export class Ground {
  #server: RunningChild;

  private constructor(
    readonly folder: string,
    readonly url: string,
    readonly database: Database,
    readonly teams: readonly Team[],
    private readonly postgres: EmbeddedPostgres,
    private readonly reaper: Reaper,
    server: RunningChild,
  ) {
    this.#server = server;
  }

  static async open(): Promise<Ground> {
    const folder = await mkdtemp(join(tmpdir(), 'durable-orders-proof-'));
    // Run by root, Postgres works as another user, who must get through to its data.
    await chmod(folder, 0o755);
    const { postgres: port } = await choosePorts('free');
    const reaper = startReaper(inheritedEnvironment());
    const postgres = await embeddedPostgres({
      stateDir: folder,
      cacheFolder: cacheFolder(upConfig()),
      port,
      password: 'proof',
      logFile: join(folder, 'logs', 'postgres.log'),
      environment: inheritedEnvironment(),
    });
    const server = await startServer(postgres, reaper);
    const url = withDatabase(postgres.adminUrl, 'events');
    await ensureDatabase(url);
    await migrateToLatest(url);
    const database = openDatabase({ url, poolSize });
    const teams = await findTeams();
    await createTeams(database, teams);
    return new Ground(folder, url, database, teams, postgres, reaper, server);
  }

  /** In order, or as when its machine loses power; either way it is there again afterwards. */
  async restart(how: 'in_order' | 'crash'): Promise<void> {
    if (how === 'crash') {
      this.#server.signal('SIGKILL');
      await this.#server.exited;
    } else {
      await stopPart(this.postgres.part, this.#server);
    }
    this.#server = await this.startAgain(Date.now() + comebackLimitMs);
  }

  /** What is left of a killed server keeps the next one away until it has noticed. */
  private async startAgain(untilMs: number): Promise<RunningChild> {
    try {
      return await startServer(this.postgres, this.reaper);
    } catch (error) {
      if (Date.now() > untilMs) throw error;
      await sleep(comebackPauseMs);
      return this.startAgain(untilMs);
    }
  }

  async stop(): Promise<void> {
    await this.database.destroy();
    await stopPart(this.postgres.part, this.#server);
    this.reaper.dismiss();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const startServer = ({ part }: EmbeddedPostgres, reaper: Reaper): Promise<RunningChild> =>
  startPart(part, {
    onLaunch: (child) => {
      reaper.watch(part, child);
    },
  });
