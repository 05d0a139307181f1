import { describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { allValues, execute, firstRow, openDatabase } from '../../src/db/database.js';
import { testDatabase } from '../support/postgres.js';
import { useFixture } from '../support/use-fixture.js';

const own = useFixture(async () => {
  const store = await testDatabase({ migrated: false });
  // One connection, since each has prepared statements of its own.
  const open = (parameters = '') => openDatabase({ url: `${store.url}${parameters}`, poolSize: 1 });
  const database = open();
  return {
    open,
    database,
    stop: async () => {
      await database.destroy();
      await store.drop();
    },
  };
});

const preparedLike = (pattern: string, database = own.database) =>
  allValues<string>(database)`
    select statement from pg_prepared_statements where statement like ${pattern}`;

test('a text is prepared once for a connection, whatever its parameters', async () => {
  for (const value of [1, 2, 3]) await firstRow(own.database)`select ${value}::int as once`;
  expect(await preparedLike('%as once')).toEqual(['select $1::int as once']);
});

test('a text without parameters is not prepared', async () => {
  await firstRow(own.database)`select 1 as plain`;
  expect(await preparedLike('%as plain')).toEqual([]);
});

test('nothing is prepared where the URL forbids it', async () => {
  const database = own.open('?prepare=false');
  await firstRow(database)`select ${1}::int as never`;
  expect(await preparedLike('%as never', database)).toEqual([]);
  await database.destroy();
});

describe('a table that a migration changes', () => {
  const change = async (name: string) => {
    await sql`create table ${sql.table(name)} (id integer)`.execute(own.database);
    await read(name);
    await sql`alter table ${sql.table(name)} add column more text default 'new'`.execute(
      own.database,
    );
  };
  const read = (name: string, database = own.database) => {
    const table = sql.table(name);
    return firstRow(database)`select t.* from (select ${1}::int) one left join ${table} t on true`;
  };

  test('is read as it is now by the statement that was prepared before', async () => {
    await change('changed');
    expect(await read('changed')).toEqual({ id: null, more: null });
  });

  test('fails a transaction that reads it, and no other one', async () => {
    await change('changed_again');
    const reading = own.database
      .transaction()
      .execute((transaction) => read('changed_again', transaction));
    await expect(reading).rejects.toMatchObject({ code: '25P02' });
    expect(await read('changed_again')).toEqual({ id: null, more: null });
  });
});

test('texts with variable parts do not pile up', async () => {
  for (let index = 0; index < 400; index += 1) {
    await execute(own.database)`select ${index}::int as ${sql.id(`column_${index}`)}`;
  }
  expect((await preparedLike('%')).length).toBeLessThan(320);
});
