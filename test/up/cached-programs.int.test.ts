import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';
import { cachedBuild, found, missing, versionOf } from '../../src/up/temporal/program.js';
import { downloadWithSdk } from '../../src/up/temporal/sdk-download.js';
import { lockFolder, tryLock } from '../../tools/folder-lock.mjs';
import { useTempFolder } from '../support/temp-folder.js';

const folder = useTempFolder();
const lock = () => join(folder.path, 'lock');

describe('the lock of a folder', () => {
  test('lets one in and names the holder to the next', () => {
    const first = tryLock(lock());
    expect(first.kind).toBe('taken');
    expect(tryLock(lock())).toEqual({ kind: 'held', pid: process.pid });
  });

  test('is free again after its release', () => {
    const first = tryLock(lock());
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

const program = async (file: string, content: string) => {
  await writeFile(file, content);
  await chmod(file, 0o755);
  return file;
};
const working = (into: string) => program(join(into, 'made'), '#!/bin/sh\necho 1.0\n');
const isUsable = async (file: string) => (await versionOf(file)) !== undefined;
const target = () => join(folder.path, 'program');
const entry = () => ({ target: target(), print: () => undefined, isUsable });

describe('the cache of programs', () => {
  test('keeps what was made', async () => {
    const make = async (into: string) => found(await working(into));
    expect(await cachedBuild({ ...entry(), make })).toEqual(found(target()));
    expect(await versionOf(target())).toBe('1.0');
  });

  test('does not keep a program that does not run', async () => {
    const make = async (into: string) => found(await program(join(into, 'made'), '\u007fELF'));
    expect(await cachedBuild({ ...entry(), make })).toMatchObject({ kind: 'missing' });
    expect(existsSync(target())).toBe(false);
  });

  test('replaces a half-written program', async () => {
    await program(target(), '\u007fELF');
    const make = async (into: string) => found(await working(into));
    expect(await cachedBuild({ ...entry(), make })).toEqual(found(target()));
    expect(await versionOf(target())).toBe('1.0');
  });

  test('removes the work of a maker that was killed', async () => {
    await mkdir(join(folder.path, 'program.making-old'));
    await cachedBuild({ ...entry(), make: () => Promise.resolve(missing('not today')) });
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('lets two at once make it once', async () => {
    let made = 0;
    const make = async (into: string) => {
      made += 1;
      return found(await working(into));
    };
    const both = await Promise.all([
      cachedBuild({ ...entry(), make }),
      cachedBuild({ ...entry(), make }),
    ]);
    expect(both).toEqual([found(target()), found(target())]);
    expect(made).toBe(1);
  });
});

const script = fileURLToPath(new URL('fixtures/download.mjs', import.meta.url));
const limits = { firstByteMs: 400, stallMs: 400, totalMs: 20_000 };
const download = (version: string, firstByteMs = limits.firstByteMs) =>
  downloadWithSdk({
    kind: 'cli',
    version,
    folder: folder.path,
    script,
    environment: inheritedEnvironment(),
    limits: { ...limits, firstByteMs },
  });

describe('the download by the SDK', () => {
  test('that fails is reported at once, with its cause', async () => {
    expect(await download('fails', 15_000)).toEqual({
      kind: 'missing',
      reason: 'Error: no such host',
    });
  });

  test('without a first byte is given up', async () => {
    expect(await download('silent')).toEqual({ kind: 'missing', reason: 'no bytes arrived' });
  });

  test('that stalls is given up, and its half file is not taken', async () => {
    expect(await download('stalls', 15_000)).toEqual({
      kind: 'missing',
      reason: 'the download stalled after 10 bytes',
    });
  });

  test('that ends well gives a program that runs', async () => {
    const finding = await download('works', 15_000);
    expect(finding).toMatchObject({ kind: 'found' });
    if (finding.kind === 'found') expect(await versionOf(finding.value)).toBe('fine');
  });
});
