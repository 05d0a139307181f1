import { Migrator, type Migration } from 'kysely';
import { openDatabase } from './database.js';
import { orders } from './migrations/0001-orders.js';
import { inventory } from './migrations/0002-inventory.js';
import { loyalty } from './migrations/0003-loyalty.js';

const migrations: Readonly<Record<string, Migration>> = {
  '0001-orders': orders,
  '0002-inventory': inventory,
  '0003-loyalty': loyalty,
};

/**
 * Brings the database to the newest schema, forward only. A lock in the database lets several
 * processes call this at once.
 * @returns the names of the migrations that were carried out
 */
export async function migrateToLatest(databaseUrl: string): Promise<readonly string[]> {
  const database = openDatabase({ url: databaseUrl, poolSize: 2 });
  try {
    const migrator = new Migrator({
      db: database,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) throw new Error('A migration failed', { cause: error });
    return (results ?? []).map(({ migrationName }) => migrationName);
  } finally {
    await database.destroy();
  }
}
