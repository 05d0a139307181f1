import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';

const run = promisify(execFile);
const tools = fileURLToPath(new URL('../../tools', import.meta.url));
const lock = { packages: { '': {}, 'node_modules/one': { version: '1.0.0' } } };
let root: string;

const write = async (path: string, content: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
};
const linesOf = async (path: string) =>
  (await readFile(join(root, path), 'utf8').catch(() => '')).split('\n').filter(Boolean).length;
const install = (version: string) =>
  write(
    'node_modules/.package-lock.json',
    JSON.stringify({ packages: { 'node_modules/one': { version } } }),
  );

/** Stand-ins for tsc and npm that note their calls. */
const noting = (file: string) =>
  `require('node:fs').appendFileSync(${JSON.stringify(join(root, file))}, 'called\\n');`;
const prepare = () =>
  run(process.execPath, ['tools/prepare.mjs'], {
    cwd: root,
    env: { ...inheritedEnvironment(), npm_execpath: join(root, 'npm.cjs') },
  });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'prepare-'));
  await cp(join(tools, 'prepare.mjs'), join(root, 'tools', 'prepare.mjs'));
  await cp(join(tools, 'folder-lock.mjs'), join(root, 'tools', 'folder-lock.mjs'));
  await cp(join(tools, 'transpile.mjs'), join(root, 'tools', 'transpile.mjs'));
  await write('package-lock.json', JSON.stringify(lock));
  await write('tsconfig.json', '{}');
  await write('tsconfig.build.json', '{}');
  await write('src/a.ts', 'export {};');
  await write('src/db/migrations/0001-first.sql', 'select 1;');
  await write('npm.cjs', noting('installs'));
  await write('node_modules/typescript/bin/tsc', noting('builds'));
  await install('1.0.0');
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('prepare', () => {
  test('builds once, and a second run has nothing to do', async () => {
    expect((await prepare()).stdout).toContain('built dist');
    expect((await prepare()).stdout).toBe('');
    expect(await linesOf('builds')).toBe(1);
  });

  test('builds again after a source has changed', async () => {
    await prepare();
    await write('src/a.ts', 'export const one = 1;');
    await prepare();
    expect(await linesOf('builds')).toBe(2);
  });

  test('does not install what is installed as locked', async () => {
    await prepare();
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
