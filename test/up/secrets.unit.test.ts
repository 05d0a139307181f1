import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSecrets } from '../../src/up/secrets.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => join(folder, 'secrets.json');

test('secrets are made once for a folder and kept', () => {
  const first = loadSecrets(folder);
  expect(loadSecrets(folder)).toEqual(first);
  expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
});

test('a folder of an older version gets the secrets that it lacks, and keeps the others', async () => {
  const { orderCodeSecret, ...older } = loadSecrets(folder);
  await writeFile(file(), JSON.stringify(older));
  const upgraded = loadSecrets(folder);
  expect(upgraded).toMatchObject(older);
  expect(upgraded.orderCodeSecret).not.toBe(orderCodeSecret);
  expect(loadSecrets(folder)).toEqual(upgraded);
});

test('a file that is not one of secrets is refused, and left as it is', async () => {
  await writeFile(file(), '{"postgresPassword":"short"}');
  expect(() => loadSecrets(folder)).toThrow();
  expect(await readFile(file(), 'utf8')).toBe('{"postgresPassword":"short"}');
});
