import { expect, test } from 'vitest';
import { withClient } from '../../src/up/postgres/databases.js';
import { rowTypes } from '../../tools/row-types.mjs';
import { testDatabase } from '../support/postgres.js';

test('the row types are those of the migrated schema; `npm run db:types` writes them anew', async () => {
  const store = await testDatabase({ migrated: true });
  const types = await withClient(store.url, rowTypes).finally(() => store.drop());
  await expect(types).toMatchFileSnapshot('../../src/db/tables.ts');
});
