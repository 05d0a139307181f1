import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { isRunning } from '../../src/up/process-identity.js';
import { readStatus, recordedProcesses, type Status } from '../../src/up/status-file.js';
import { waitFor } from '../support/wait-for.js';

const player = fileURLToPath(new URL('../../dist/examples/main.js', import.meta.url));
const supervisor = fileURLToPath(new URL('fixtures/supervisor.mjs', import.meta.url));
const startLimitMs = 120_000;
let stateDir: string;

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** The commands as a person types them, with an embedded Postgres and a Temporal of their own. */
const command = (...argv: string[]) => run(supervisor, argv);
const example = (...argv: string[]) => run(player, argv);

function run(script: string, argv: readonly string[]): Promise<Outcome> {
  const env = {
    ...inheritedEnvironment(),
    ORDERS_STATE_DIR: stateDir,
    TEMPORAL_CLI: inject('temporalCli'),
    TEMPORAL_ADDRESS: '',
    DATABASE_URL: '',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...argv], { env }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ code, output: stdout + stderr });
    });
  });
}

const start = (...flags: string[]) =>
  command('start', '--detach', '--no-demo', '--port-base', '21000', ...flags);
const recorded = (): Status => {
  const status = readStatus(stateDir);
  if (status === undefined) throw new Error('There is no status.json.');
  return status;
};
/** Whether the table that a test made is there. */
const isKept = () =>
  withClient(recorded().database_url!, async (client) => {
    const found = await client.query<{ name: string | null }>(`SELECT to_regclass('kept') AS name`);
    return found.rows[0]?.name !== null;
  });

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'command-line-'));
  await chmod(stateDir, 0o755);
});
afterEach(() => command('down'));
afterAll(() => rm(stateDir, { recursive: true, force: true }));

describe('the command line', () => {
  test('status says that nothing runs; example lists the examples, and needs a stack to play one', async () => {
    expect(await command('status')).toMatchObject({ code: 1 });
    const list = await example();
    expect(list).toMatchObject({ code: 0, output: expect.stringContaining('shortage-cancel') });
    for (const name of ['plain', 'cancelled', 'choreographed', 'choreographed-cancelled']) {
      const played = await example(name);
      expect(played).toMatchObject({ code: 1, output: expect.stringContaining('npm start') });
    }
    expect(await example('unheard-of')).toMatchObject({ code: 2 });
    expect(await example('plain', 'again')).toMatchObject({ code: 2 });
  });

  test(
    'start --detach comes back with the table, a second start names the first, down ends it all',
    async () => {
      const started = await start();
      expect(started).toMatchObject({ code: 0 });
      const { api } = recorded();
      expect(started.output).toContain(api?.url);
      expect(await command('status')).toMatchObject({ code: 0 });
      const json = JSON.parse((await command('status', '--json')).output) as { ok: boolean };
      expect(json.ok).toBe(true);

      const second = await start();
      expect(second).toMatchObject({ code: 1 });
      expect(second.output).toContain(api?.url);

      const parts = recordedProcesses(recorded());
      expect(parts).toHaveLength(9);
      expect(await command('down')).toMatchObject({ code: 0 });
      expect(parts.filter(isRunning)).toEqual([]);
    },
    startLimitMs,
  );

  test(
    'data outlives a stop, and --fresh forgets it',
    async () => {
      await start();
      await withClient(recorded().database_url!, (client) => client.query('CREATE TABLE kept ()'));
      await command('down');
      await start();
      expect(await isKept()).toBe(true);
      await command('down');
      await start('--fresh');
      expect(await isKept()).toBe(false);
    },
    startLimitMs,
  );

  test(
    'a killed store comes back on its port; a killed supervisor leaves nothing and starts again',
    async () => {
      await start();
      const before = recorded();
      for (const key of ['postgres', 'temporal'] as const) {
        process.kill(before[key]!.pid!, 'SIGKILL');
        const isBack = () => recorded()[key]?.pid !== before[key]?.pid;
        await waitFor(`${key} to come back`, isBack, 60_000);
        expect(recorded()[key]?.url).toBe(before[key]?.url);
      }
      expect(await command('status')).toMatchObject({ code: 0 });

      const parts = recordedProcesses(recorded());
      process.kill(recorded().supervisor.pid, 'SIGKILL');
      const what = 'every part to end';
      await waitFor(what, () => !parts.some(isRunning), 30_000);
      expect(await command('status')).toMatchObject({ code: 1 });
      expect(await start()).toMatchObject({ code: 0 });
    },
    startLimitMs,
  );
});
