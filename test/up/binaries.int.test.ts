import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCopy, postgresBinaries, postgresPackage } from '../../src/up/postgres/binaries.js';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'binaries-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the programs of the package run', async () => {
  const { postgres, version } = await postgresBinaries(folder, undefined);
  expect((await run(postgres, ['--version'])).stdout).toContain(version);
});

test('a copy of the package runs, its links made anew', async () => {
  const copy = join(folder, 'copy');
  await makeCopy(postgresPackage(), copy);
  const { stdout } = await run(join(copy, 'native', 'bin', 'initdb'), ['--version']);
  expect(stdout).toContain('PostgreSQL');
});
