import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { inheritedEnvironment, upConfig } from '../../src/config.js';
import { downloadWithSdk } from '../../src/up/temporal/makers.js';
import { cachedBuild, findProgram, runs, versionOf } from '../../src/up/temporal/program.js';
import { cliVersion, testServerVersion } from '../../src/up/temporal/servers.js';
import { lockFolder, tryLock } from '../../tools/folder-lock.mjs';
import { useTempFolder } from '../support/temp-folder.js';

const folder = useTempFolder();
const lock = () => join(folder.path, 'lock');

describe('the lock of a folder', () => {
  test('lets one in, names the holder to the next, and is free after its release', () => {
    const first = tryLock(lock());
    expect(tryLock(lock())).toEqual({ kind: 'held', pid: process.pid });
    if (first.kind === 'taken') first.release();
    expect(tryLock(lock()).kind).toBe('taken');
  });

  test('of a dead holder is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await mkdir(lock());
    await writeFile(join(lock(), 'pid'), String(pid));
    expect(tryLock(lock()).kind).toBe('taken');
  });

  test('is waited for no longer than the limit', async () => {
    tryLock(lock());
    await expect(lockFolder(lock(), { limitMs: 200 })).rejects.toThrow(String(process.pid));
  });
});

async function program(file: string, content = '#!/bin/sh\necho 1.0\n'): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, 0o755);
  return file;
}
const half = '\u007fELF';
const working = (into: string) => program(join(into, 'made'));
const target = () => join(folder.path, 'program');
const build = (make: (into: string) => Promise<string>) =>
  cachedBuild({ target: target(), print: () => undefined, isUsable: runs, make });

describe('the cache of programs', () => {
  test.each([
    ['keeps what was made', false],
    ['replaces a half-written program', true],
  ])('%s', async (_rule, isHalfThere) => {
    if (isHalfThere) await program(target(), half);
    expect(await build(working)).toBe(target());
    expect(await versionOf(target())).toBe('1.0');
  });

  test('does not keep a program that does not run', async () => {
    const made = build((into) => program(join(into, 'made'), half));
    await expect(made).rejects.toThrow('what was made does not run');
    expect(existsSync(target())).toBe(false);
  });

  test('removes the work of a maker that was killed', async () => {
    await mkdir(join(folder.path, 'program.making-old'));
    await expect(build(() => Promise.reject(new Error('not today')))).rejects.toThrow('not today');
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('lets two at once make it once', async () => {
    let made = 0;
    const make = (into: string) => {
      made += 1;
      return working(into);
    };
    expect(await Promise.all([build(make), build(make)])).toEqual([target(), target()]);
    expect(made).toBe(1);
  });
});

describe('where a program comes from', () => {
  const path = (place: string) => join(folder.path, place, 'temporal');
  const config = () => ({
    ...upConfig({}),
    PATH: join(folder.path, 'bin'),
    DURABLE_ORDERS_CACHE: folder.path,
  });
  const find = (made: readonly string[], changes: object = {}) => {
    const make = (name: string) => (into: string) =>
      made.includes(name) ? working(into) : Promise.reject(new Error(`not ${name}`));
    return findProgram(
      {
        title: 'Temporal server',
        variable: 'TEMPORAL_CLI',
        command: 'temporal',
        cachedAs: 'temporal-1.0',
        isUsable: runs,
        makers: { download: make('download'), 'Go build': make('Go build') },
        advice: ['Install one.'],
      },
      {
        config: { ...config(), ...changes },
        environment: inheritedEnvironment(),
        print: () => undefined,
      },
    );
  };

  test('the environment variable wins, then PATH, the cache, and each way to make it', async () => {
    expect(await find(['Go build'])).toMatchObject({ source: 'Go build' });
    expect(await find(['download'])).toMatchObject({ source: 'cache' });
    await program(path('bin'));
    expect(await find(['download'])).toEqual({ source: 'PATH', path: path('bin') });
    const named = await program(path('mine'));
    const hit = { source: 'TEMPORAL_CLI', path: named };
    expect(await find(['download'], { TEMPORAL_CLI: named })).toEqual(hit);
  });

  test('the ways to make it are tried in their order', async () => {
    expect(await find(['download', 'Go build'])).toMatchObject({ source: 'download' });
  });

  test('a file that a person named and that does not run is an error', async () => {
    const named = find(['download'], { TEMPORAL_CLI: '/nowhere' });
    await expect(named).rejects.toThrow('TEMPORAL_CLI is /nowhere, which does not run.');
  });

  test('the message names every place that was tried, and what a person can do', async () => {
    const places =
      /No Temporal server[^]* PATH: no temporal[^]* cache: no [^]* download: not download/;
    await expect(find([])).rejects.toThrow(places);
    await expect(find([])).rejects.toThrow(/Go build: not Go build\nInstall one\.$/);
  });
});

const script = fileURLToPath(new URL('fixtures/download.mjs', import.meta.url));
const download = (version: string, firstByteMs = 15_000, changes: object = {}) => {
  const limits = { firstByteMs, stallMs: 400, totalMs: 20_000 };
  const config = { ...upConfig({}), ...changes };
  const search = { config, environment: inheritedEnvironment(), print: () => undefined };
  return downloadWithSdk({ kind: 'cli', version, script, limits }, search)(folder.path);
};

describe('the download by the SDK', () => {
  test.each([
    ['that fails is reported at once, with its cause', 'fails', 15_000, 'no such host'],
    ['without a first byte is given up', 'silent', 400, 'no bytes arrived'],
    ['that stalls is given up', 'stalls', 15_000, 'the download stalled after 10 bytes'],
  ])('%s', async (_rule, version, firstByteMs, reason) => {
    await expect(download(version, firstByteMs)).rejects.toThrow(reason);
  });

  test('that ends well gives a program that runs', async () => {
    expect(await versionOf(await download('works'))).toBe('fine');
  });

  test('is not tried with OFFLINE=1', async () => {
    await expect(download('works', 15_000, { OFFLINE: '1' })).rejects.toThrow('OFFLINE=1');
  });
});

test.each([
  ['tools/temporal/go.mod', `github.com/temporalio/cli v${cliVersion}`],
  ['tools/test-server/pom.xml', `<version>${testServerVersion}</version>`],
])('a program in the cache is named after the version in %s', (file, version) => {
  expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toContain(version);
});
