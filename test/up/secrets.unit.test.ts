import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSecrets } from '../../src/up/secrets.js';
import { useTempFolder } from '../support/temp-folder.js';

const folder = useTempFolder();

const file = () => join(folder.path, 'secrets.json');

test('secrets are made once for a folder and kept', () => {
  const first = loadSecrets(folder.path);
  expect(loadSecrets(folder.path)).toEqual(first);
  expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
});

test('a folder of an older version gets the secrets that it lacks, and keeps the others', async () => {
  const { orderCodeSecret, ...older } = loadSecrets(folder.path);
  await writeFile(file(), JSON.stringify(older));
  const upgraded = loadSecrets(folder.path);
  expect(upgraded).toMatchObject(older);
  expect(upgraded.orderCodeSecret).not.toBe(orderCodeSecret);
  expect(loadSecrets(folder.path)).toEqual(upgraded);
});

test('a file that is not one of secrets is refused, and left as it is', async () => {
  await writeFile(file(), '{"postgresPassword":"short"}');
  expect(() => loadSecrets(folder.path)).toThrow();
  expect(await readFile(file(), 'utf8')).toBe('{"postgresPassword":"short"}');
});
