import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrateToLatest, migrationsFolder } from '../../src/db/migrate.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

const baseline = ['0001-orders', '0002-inventory', '0003-loyalty', '0004-events'];
let store: TestDatabase;
let folder: string;

beforeEach(async () => {
  store = await testDatabase({ migrated: false });
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await cp(migrationsFolder, folder, { recursive: true });
});
afterEach(async () => {
  await store.drop();
  await rm(folder, { recursive: true });
});

const migrate = () => migrateToLatest(store.url, pathToFileURL(`${folder}/`));
const addMigration = (name: string, statements: string) =>
  writeFile(join(folder, `${name}.sql`), statements);

async function columnsOfSellers(): Promise<readonly string[]> {
  const { rows } = await withClient(store.url, (client) =>
    client.query<{ name: string }>(`select attname as name from pg_attribute
      where attrelid = 'orders.sellers'::regclass and attnum > 0 order by attnum`),
  );
  return rows.map(({ name }) => name);
}

test('a later migration is applied once, on top of a database that has the baseline', async () => {
  expect(await migrate()).toEqual(baseline);
  await addMigration('0005-phones', 'alter table orders.sellers add column phone text;');
  expect(await migrate()).toEqual(['0005-phones']);
  expect(await migrate()).toEqual([]);
  expect(await columnsOfSellers()).toEqual(['id', 'name', 'email', 'phone']);
});

test('several processes that migrate at once apply each migration once', async () => {
  const applied = await Promise.all([migrate(), migrate(), migrate()]);
  expect(applied.flat().sort()).toEqual(baseline);
});

test('a migration that fails changes nothing, and is applied once it is corrected', async () => {
  await migrate();
  const addPhone = 'alter table orders.sellers add column phone text;';
  await addMigration(
    '0005-phones',
    `${addPhone} alter table orders.nowhere add column phone text;`,
  );
  await expect(migrate()).rejects.toThrow('A migration failed');
  expect(await columnsOfSellers()).toEqual(['id', 'name', 'email']);
  await addMigration('0005-phones', addPhone);
  expect(await migrate()).toEqual(['0005-phones']);
});
