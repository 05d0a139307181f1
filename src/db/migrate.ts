import { readdir, readFile } from 'node:fs/promises';
import { Migrator, sql, type Migration } from 'kysely';
import { openDatabase } from './database.js';

/** One baseline per schema. Before the first release they are changed in place; after it, add files. */
export const migrationsFolder = new URL('migrations/', import.meta.url);

/**
 * Brings the database to the newest schema, forward only. A lock in the database lets several
 * processes call this at once.
 * @returns the names of the migrations that were carried out
 */
export async function migrateToLatest(
  databaseUrl: string,
  folder: URL = migrationsFolder,
): Promise<readonly string[]> {
  const database = openDatabase({ url: databaseUrl, poolSize: 2 });
  try {
    const migrator = new Migrator({
      db: database,
      provider: { getMigrations: () => readMigrations(folder) },
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) throw new Error('A migration failed', { cause: error });
    return (results ?? []).map(({ migrationName }) => migrationName);
  } finally {
    await database.destroy();
  }
}

async function readMigrations(folder: URL): Promise<Record<string, Migration>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql'));
  const entries = files.map(async (file): Promise<[string, Migration]> => {
    const statements = await readFile(new URL(file, folder), 'utf8');
    const up: Migration['up'] = async (database) => {
      await sql.raw(statements).execute(database);
    };
    return [file.replace(/\.sql$/, ''), { up }];
  });
  return Object.fromEntries(await Promise.all(entries));
}
