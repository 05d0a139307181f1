import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';
import { choosePorts } from '../../src/up/ports.js';
import { databaseAccount } from '../../src/up/postgres/account.js';
import { makeCopy, postgresBinaries, postgresPackage } from '../../src/up/postgres/binaries.js';
import { dataFolder } from '../../src/up/postgres/cluster.js';
import {
  answersQueries,
  ensureDatabase,
  withClient,
  withDatabase,
} from '../../src/up/postgres/databases.js';
import { startPostgres, type RunningPostgres } from '../../src/up/postgres/server.js';
import { useTempFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';

const isRoot = process.getuid?.() === 0;
const password = 'a password of this test';
const folder = useTempFolder();
let postgres: RunningPostgres | undefined;
afterEach(async () => {
  await postgres?.stop();
  postgres = undefined;
});

const start = async (stateDir = folder.path, secret = password) => {
  const { postgres: port } = await choosePorts('free');
  postgres = await startPostgres({
    stateDir,
    port,
    password: secret,
    cacheFolder: join(folder.path, 'cache'),
    logFile: join(folder.path, 'postgres.log'),
    environment: inheritedEnvironment(),
    volatile: true,
  });
  return postgres;
};

describe('the embedded Postgres', () => {
  test('keeps its data from one start to the next', async () => {
    const first = await start();
    await ensureDatabase(withDatabase(first.adminUrl, 'kept'));
    await first.stop();
    const second = await start();
    expect(await answersQueries(withDatabase(second.adminUrl, 'kept'))).toBe(true);
  });

  test('creates a database once, and listens on the loopback address only', async () => {
    const { adminUrl } = await start();
    const url = withDatabase(adminUrl, 'twice');
    await ensureDatabase(url);
    await ensureDatabase(url);
    const shown = await withClient(url, (client) =>
      client.query<{ listen_addresses: string }>('SHOW listen_addresses'),
    );
    expect(shown.rows).toEqual([{ listen_addresses: '127.0.0.1' }]);
  });

  test('starts after a kill, also when its pid file names a stranger by now', async () => {
    const first = await start();
    process.kill(first.pid, 'SIGKILL');
    await waitFor('Postgres to be dead', async () => !(await answersQueries(first.adminUrl)));
    const pidFile = join(dataFolder(folder.path, databaseAccount()), 'postmaster.pid');
    await writeFile(pidFile, `${process.pid}\n`);
    const second = await start();
    expect(await answersQueries(second.adminUrl)).toBe(true);
  });

  test('takes over from a Postgres that a killed supervisor left on the data', async () => {
    const left = await start();
    const next = await start();
    expect(next.pid).not.toBe(left.pid);
    expect(await answersQueries(next.adminUrl)).toBe(true);
  });

  test.runIf(isRoot)('run by root, works below a folder that only root may enter', async () => {
    const closed = join(folder.path, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const stateDir = join(closed, 'state');
    const { adminUrl } = await start(stateDir);
    expect(await answersQueries(adminUrl)).toBe(true);
    const data = dataFolder(stateDir, databaseAccount());
    expect(data.startsWith(folder.path)).toBe(false);
    await postgres?.stop();
    await rm(data, { recursive: true, force: true });
  });

  test('says at once that a password is wrong', async () => {
    await (await start()).stop();
    await expect(start(folder.path, 'another')).rejects.toThrow('password authentication failed');
  });
});

const run = promisify(execFile);

test('the Postgres programs of the package run, also in a copy with new links', async () => {
  const { postgres, version } = await postgresBinaries(folder.path, undefined);
  expect((await run(postgres, ['--version'])).stdout).toContain(version);
  const copy = join(folder.path, 'copy');
  await makeCopy(postgresPackage(), copy);
  const { stdout } = await run(join(copy, 'native', 'bin', 'initdb'), ['--version']);
  expect(stdout).toContain('PostgreSQL');
});
