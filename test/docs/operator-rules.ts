import { sql } from 'kysely';
import { expect } from 'vitest';
import { Bus } from '../../bench/compare/naive/bus.js';
import { discardRequest } from '../../src/api/schemas/dead-letter-request.js';
import { openDatabase } from '../../src/db/database.js';
import { readText } from './pages.js';
import type { Rule } from './rule.js';

/**
 * How those commands of docs/compare/evidence/operator.md are tried that stand on no other page.
 * @param here puts in what is true of the running stack
 */
export const operatorRules = (
  databaseUrl: () => string,
  here: (text: string) => string,
): readonly Rule[] => [
  {
    command: /^psql "\$DATABASE_URL" -c "/,
    check: (command) => isTaken(statementIn(here(command)), databaseUrl()),
  },
  {
    command: /^curl \S+\/v1\/dead-letters\/dlt_…\/discard /,
    check: (command) => {
      const [, body] = / -d '(.+)'$/.exec(command)!;
      expect(() => discardRequest.parse(JSON.parse(body!))).not.toThrow();
    },
  },
  {
    command: /^grep '[^']+' services\.log$/,
    check: (command) => {
      const [, words] = /'(.+)'/.exec(command)!;
      expect(readText('bench/compare/naive/naive-services.ts')).toContain(`'${words!}'`);
    },
  },
];

/** As the shell hands it to psql. */
const statementIn = (command: string): string =>
  / -c "(.+)"$/.exec(command)![1]!.replaceAll('\\"', '"');

/** By a database that has the bad example's table as well. Nothing of it is kept. */
async function isTaken(statement: string, url: string): Promise<void> {
  const database = openDatabase({ url, poolSize: 1, onIdleError: () => undefined });
  const transaction = await database.startTransaction().execute();
  try {
    await new Bus(transaction).create();
    await sql.raw(statement).execute(transaction);
  } finally {
    await transaction.rollback().execute();
    await database.destroy();
  }
}
