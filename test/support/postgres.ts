import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { withClient, withDatabase } from '../../src/up/postgres/databases.js';

/** Migrated once per run; the databases of the tests are copies of it. */
export const templateDatabase = 'template_orders';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database that nobody else uses: with our schema, or empty. */
export async function testDatabase({ migrated }: { migrated: boolean }): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = migrated ? templateDatabase : 'template0';
  await run(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    url: withDatabase(adminUrl, name),
    drop: () => run(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function run(url: string, statement: string): Promise<void> {
  await withClient(url, (client) => client.query(statement));
}
