import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';
import { useTempFolder } from '../support/temp-folder.js';

const run = promisify(execFile);
const tools = fileURLToPath(new URL('../../tools', import.meta.url));
const lock = { packages: { '': {}, 'node_modules/one': { version: '1.0.0' } } };
const root = useTempFolder();

const write = async (path: string, content: string) => {
  await mkdir(dirname(join(root.path, path)), { recursive: true });
  await writeFile(join(root.path, path), content);
};
const linesOf = async (path: string) =>
  (await readFile(join(root.path, path), 'utf8').catch(() => '')).split('\n').filter(Boolean)
    .length;
const install = (version: string) =>
  write(
    'node_modules/.package-lock.json',
    JSON.stringify({ packages: { 'node_modules/one': { version } } }),
  );

/** Stand-ins for tsc and npm that note their calls. */
const noting = (file: string) =>
  `require('node:fs').appendFileSync(${JSON.stringify(join(root.path, file))}, 'called\\n');`;
const prepare = () =>
  run(process.execPath, ['tools/prepare.mjs'], {
    cwd: root.path,
    env: { ...inheritedEnvironment(), npm_execpath: join(root.path, 'npm.cjs') },
  });

beforeEach(async () => {
  for (const file of ['prepare.mjs', 'folder-lock.mjs', 'transpile.mjs']) {
    await cp(join(tools, file), join(root.path, 'tools', file));
  }
  await write('package-lock.json', JSON.stringify(lock));
  await write('tsconfig.json', '{}');
  await write('tsconfig.build.json', '{}');
  await write('src/a.ts', 'export {};');
  await write('src/db/migrations/0001-first.sql', 'select 1;');
  await write('npm.cjs', noting('installs'));
  await write('node_modules/typescript/bin/tsc', noting('builds'));
  await install('1.0.0');
});

describe('tools/prepare.mjs', () => {
  test('builds once, again after a source has changed, and installs nothing that is there', async () => {
    expect((await prepare()).stdout).toContain('built dist');
    expect((await prepare()).stdout).toBe('');
    expect(await linesOf('builds')).toBe(1);
    await write('src/a.ts', 'export const one = 1;');
    await prepare();
    expect(await linesOf('builds')).toBe(2);
    expect(await linesOf('installs')).toBe(0);
  });

  test('installs when the lock file asks for something else, and says why', async () => {
    await install('0.9.0');
    expect((await prepare()).stdout).toContain('npm ci, because');
    expect(await linesOf('installs')).toBe(1);
  });

  test('two at once build once', async () => {
    await Promise.all([prepare(), prepare()]);
    expect(await linesOf('builds')).toBe(1);
  });
});
