import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { upConfig, type Environment } from '../src/config.js';
import type { RunningChild } from '../src/up/child-process.js';
import { startPart, stopPart, type Part, type RoleName } from '../src/up/part.js';
import { withDatabase } from '../src/up/postgres/databases.js';
import { rolePart, roleScript } from '../src/up/roles.js';
import { startStack, type Stack } from '../src/up/stack.js';
import { countStatements } from './postgres.js';

/** A process that one arm needs. */
export interface Member {
  readonly role: RoleName;
  /** Default: the service's own. */
  readonly script?: string;
  readonly environment?: Environment;
}

/** The processes of one arm, while they run. */
export interface Crew {
  readonly pids: Readonly<Partial<Record<RoleName, number>>>;
  stop(): Promise<void>;
}

/** One Postgres and one Temporal server for the whole run; the arms' processes come and go. */
export class Ground {
  private constructor(
    private readonly stack: Stack,
    private readonly stateDir: string,
    readonly pool: pg.Pool,
    readonly connection: Connection,
  ) {}

  /** Needs nothing but the build, and leaves nothing behind after `stop`. */
  static async open(print: (line: string) => void): Promise<Ground> {
    let isOpening = true;
    const stateDir = await mkdtemp(join(tmpdir(), 'durable-orders-bench-'));
    // Run by root, Postgres works as another user, who must get through to its data.
    await chmod(stateDir, 0o755);
    const stack = await startStack({
      stateDir,
      // Later there is only the restart that counting statements asks for.
      print: (line) => {
        if (isOpening) print(line);
      },
      ports: 'free',
      temporal: 'memory',
      roles: [],
      config: {
        ...upConfig(),
        DATABASE_URL: undefined,
        SANDBOX_DATABASE_URL: undefined,
        TEMPORAL_ADDRESS: undefined,
      },
    });
    isOpening = false;
    try {
      return await Ground.#connect(stack, stateDir);
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  static async #connect(stack: Stack, stateDir: string): Promise<Ground> {
    const databaseUrl = urlOf(stack, 'database');
    await countStatements(withDatabase(databaseUrl, 'postgres'), () => {
      stack.kill('postgres', 'SIGINT');
    });
    // The extension's view stands in the database `postgres`; schemas of `orders` in `orders`.
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    pool.on('error', () => undefined);
    await pool.query('create extension if not exists pg_stat_statements');
    const connection = await Connection.connect({ address: urlOf(stack, 'temporal') });
    return new Ground(stack, stateDir, pool, connection);
  }

  get client(): Client {
    return new Client({ connection: this.connection });
  }

  get apiUrl(): string {
    const { API_PORT } = this.stack.env('api');
    return `http://127.0.0.1:${API_PORT ?? ''}`;
  }

  get storePids(): { readonly postgres: number; readonly temporal: number } {
    const { postgres, temporal } = this.stack.pids;
    if (postgres === undefined || temporal === undefined) throw new Error('A store has ended');
    return { postgres, temporal };
  }

  /** Starts the members one after the other, the first first. */
  async startCrew(members: readonly Member[]): Promise<Crew> {
    const running: { readonly part: Part; readonly child: RunningChild }[] = [];
    const stop = async (): Promise<void> => {
      for (const { part, child } of running.splice(0).reverse()) await stopPart(part, child);
    };
    const pids: Partial<Record<RoleName, number>> = {};
    try {
      for (const member of members) {
        const part = this.#partOf(member);
        const child = await startPart(part);
        running.push({ part, child });
        pids[member.role] = child.pid;
      }
    } catch (error) {
      await stop();
      throw error;
    }
    return { pids, stop };
  }

  get logFolder(): string {
    return join(this.stateDir, 'logs');
  }

  /** Ends everything and, unless the logs may be needed, removes every trace. */
  async stop({ keepsLogs }: { readonly keepsLogs: boolean }): Promise<void> {
    await this.connection.close();
    await this.pool.end();
    await this.stack.stop();
    if (!keepsLogs) await rm(this.stateDir, { recursive: true, force: true });
  }

  #partOf({ role, script = roleScript(role), environment = {} }: Member): Part {
    return rolePart({
      role,
      script,
      environment: { ...this.stack.env(role), ...environment },
      logFile: join(this.logFolder, `${role}.log`),
      onUrls: () => undefined,
    });
  }
}

/** A script of the compiled benchmark. */
export const benchScript = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function urlOf(stack: Stack, name: string): string {
  const url = stack.urls[name];
  if (url === undefined) throw new Error(`The stack has no ${name}`);
  return url;
}
