import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inheritedEnvironment, upConfig } from '../../src/config.js';
import { openDatabase, type Database } from '../../src/db/database.js';
import { migrateToLatest } from '../../src/db/migrate.js';
import type { Team } from '../../src/events/team.js';
import { createTeams, findTeams } from '../../src/events/teams.js';
import { cacheFolder } from '../../src/up/cache-folder.js';
import { choosePorts } from '../../src/up/ports.js';
import { ensureDatabase, withDatabase } from '../../src/up/postgres/databases.js';
import { embeddedPostgres } from '../../src/up/postgres/server.js';
import { startReaper, type Reaper } from '../../src/up/reaper.js';
import { Restartable } from '../restartable.js';

const poolSize = 24;

/** A Postgres of one's own, which may be killed and comes again, with the service's schema. */
export class Ground {
  private constructor(
    readonly folder: string,
    readonly url: string,
    readonly database: Database,
    readonly teams: readonly Team[],
    private readonly reaper: Reaper,
    private readonly server: Restartable,
  ) {}

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
    const server = await Restartable.start(postgres.part, reaper);
    const url = withDatabase(postgres.adminUrl, 'events');
    await ensureDatabase(url);
    await migrateToLatest(url);
    const database = openDatabase({ url, poolSize });
    const teams = await findTeams();
    await createTeams(database, teams);
    return new Ground(folder, url, database, teams, reaper, server);
  }

  /** In order, or as when its machine loses power; either way it is there again afterwards. */
  restart(how: 'in_order' | 'crash'): Promise<void> {
    return this.server.restart(how);
  }

  async stop(): Promise<void> {
    await this.database.destroy();
    await this.server.stop();
    this.reaper.dismiss();
    await rm(this.folder, { recursive: true, force: true });
  }
}
