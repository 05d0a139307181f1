import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cachedBuild, versionOf, found, missing } from '../../src/up/temporal/program.js';

let cache: string;
let target: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'cache-'));
  target = join(cache, 'program');
});
afterEach(() => rm(cache, { recursive: true, force: true }));

const program = async (file: string, content: string) => {
  await writeFile(file, content);
  await chmod(file, 0o755);
  return file;
};
const working = (folder: string) => program(join(folder, 'made'), '#!/bin/sh\necho 1.0\n');
const isUsable = async (file: string) => (await versionOf(file)) !== undefined;
const entry = { print: () => undefined, isUsable };

describe('the cache', () => {
  test('keeps what was made', async () => {
    const make = async (folder: string) => found(await working(folder));
    expect(await cachedBuild({ ...entry, target, make })).toEqual(found(target));
    expect(await versionOf(target)).toBe('1.0');
  });

  test('does not keep a program that does not run', async () => {
    const make = async (folder: string) => found(await program(join(folder, 'made'), '\u007fELF'));
    expect(await cachedBuild({ ...entry, target, make })).toMatchObject({ kind: 'missing' });
    expect(existsSync(target)).toBe(false);
  });

  test('replaces a half-written program', async () => {
    await program(target, '\u007fELF');
    const make = async (folder: string) => found(await working(folder));
    expect(await cachedBuild({ ...entry, target, make })).toEqual(found(target));
    expect(await versionOf(target)).toBe('1.0');
  });

  test('removes the work of a maker that was killed', async () => {
    await mkdir(join(cache, 'program.making-old'));
    await cachedBuild({ ...entry, target, make: () => Promise.resolve(missing('not today')) });
    expect(await readdir(cache)).toEqual([]);
  });

  test('lets two at once make it once', async () => {
    let made = 0;
    const make = async (folder: string) => {
      made += 1;
      return found(await working(folder));
    };
    const both = await Promise.all([
      cachedBuild({ ...entry, target, make }),
      cachedBuild({ ...entry, target, make }),
    ]);
    expect(both).toEqual([found(target), found(target)]);
    expect(made).toBe(1);
  });
});
