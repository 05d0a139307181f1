import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';
import { searchAttributes } from '../../src/domain/search-attributes.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { composeServices, environmentFile, readText } from './compose-file.js';

const run = promisify(execFile);
const services = composeServices(environmentFile(readText('.env.example')).set);
const namespace = 'compose-one-shots';
const limitMs = 90_000;

let tools: string;
let database: TestDatabase;
beforeAll(async () => {
  tools = await mkdtemp(join(tmpdir(), 'admin-tools-'));
  await symlink(inject('temporalCli'), join(tools, 'temporal'));
  database = await testDatabase({ migrated: false });
});
afterAll(async () => {
  await rm(tools, { recursive: true, force: true });
  await database.drop();
});

const environment = (more: Readonly<Record<string, string>>) => ({
  ...inheritedEnvironment(),
  ...more,
  PATH: [tools, inheritedEnvironment()['PATH']].join(delimiter),
});

/** What the service runs, outside of a container. */
async function runService(name: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { entrypoint = [], command = [] } = services[name]!;
  const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
  const [program, ...argv] = [...entrypoint, ...command].map((part) =>
    part.replaceAll('/app/dist/', dist),
  );
  await run(program!, argv, { env: environment(env), timeout: limitMs });
}

describe('the one-shot services of docker-compose.yml', () => {
  test(
    'temporal-setup makes the namespace and its search attributes, and may run again',
    async () => {
      const env = {
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        TEMPORAL_NAMESPACE: namespace,
      };
      await runService('temporal-setup', env);
      await runService('temporal-setup', env);
      const { stdout } = await run('temporal', ['operator', 'search-attribute', 'list'], {
        env: environment(env),
      });
      for (const [name, type] of Object.entries(searchAttributes)) {
        expect(stdout).toMatch(new RegExp(`^ *${name} +${type} *$`, 'm'));
      }
    },
    limitMs,
  );

  test(
    'example-catalogue fills an empty database, and may run again',
    async () => {
      await runService('example-catalogue', { DATABASE_URL: database.url });
      await runService('example-catalogue', { DATABASE_URL: database.url });
      const skus = await withClient(database.url, async (client) => {
        const text = 'SELECT sku FROM inventory.items WHERE on_hand = 1000000 ORDER BY sku';
        return (await client.query<{ sku: string }>(text)).rows.map(({ sku }) => sku);
      });
      expect(skus).toEqual(['JAR-300', 'MUG-200', 'POT-900', 'TEA-100', 'TEA-500']);
    },
    limitMs,
  );
});
