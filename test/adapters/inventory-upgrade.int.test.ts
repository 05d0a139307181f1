import { Migrator, sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postgresInventory } from '../../src/adapters/postgres-inventory.js';
import { openDatabase, type Database } from '../../src/db/database.js';
import { migrateToLatest } from '../../src/db/migrate.js';
import { orders } from '../../src/db/migrations/0001-orders.js';
import { inventory } from '../../src/db/migrations/0002-inventory.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { differencesInTheBooks, line, newOrderId } from './inventory-harness.js';

let store: TestDatabase;
let database: Database;
const [held, issued, released] = [newOrderId(), newOrderId(), newOrderId()];

beforeAll(async () => {
  store = await testDatabase({ migrated: false });
  database = openDatabase({ url: store.url, poolSize: 2 });
  const first = { '0001-orders': orders, '0002-inventory': inventory };
  const provider = { getMigrations: () => Promise.resolve(first) };
  await new Migrator({ db: database, provider }).migrateToLatest();
  await sql`select inventory.receive('TEA-100', 10)`.execute(database);
  for (const orderId of [held, issued, released]) {
    await sql`select * from inventory.reserve(
      ${orderId}, '[{"sku":"TEA-100","quantity":2}]', now() + interval '1 day')`.execute(database);
  }
  await sql`select inventory.settle(${issued}, 'issued')`.execute(database);
  await sql`select inventory.settle(${released}, 'released')`.execute(database);
  await migrateToLatest(store.url);
});
afterAll(async () => {
  await database.destroy();
  await store.drop();
});

it('stock and holds of the first version are in the first warehouse, and their orders go on', async () => {
  expect(await differencesInTheBooks(database)).toEqual([]);
  const room = postgresInventory(database);
  expect(await room.reserve(held, [line('TEA-100', 2)])).toEqual({
    kind: 'reserved',
    allotments: [{ warehouseId: 'wh_hamburg', lines: [line('TEA-100', 2)] }],
    dropped: [],
  });
  await room.issue(held);
  await room.release(issued);
  await room.release(released);
  const items = await database.selectFrom('inventory.items').selectAll().execute();
  expect(items).toEqual([{ sku: 'TEA-100', on_hand: 6, held: 0, warehouse_id: 'wh_hamburg' }]);
  expect(await differencesInTheBooks(database)).toEqual([]);
});
