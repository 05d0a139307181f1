import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockFolder, tryLock } from '../../tools/folder-lock.mjs';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'lock-'));
  folder = join(parent, 'lock');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

describe('the lock', () => {
  test('lets one in and names the holder to the next', () => {
    const first = tryLock(folder);
    expect(first.kind).toBe('taken');
    expect(tryLock(folder)).toEqual({ kind: 'held', pid: process.pid });
  });

  test('is free again after its release', () => {
    const first = tryLock(folder);
    if (first.kind === 'taken') first.release();
    expect(tryLock(folder).kind).toBe('taken');
  });

  test('of a dead holder is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await mkdir(folder);
    await writeFile(join(folder, 'pid'), String(pid));
    expect(tryLock(folder).kind).toBe('taken');
  });

  test('is waited for no longer than the limit', async () => {
    tryLock(folder);
    await expect(lockFolder(folder, { limitMs: 200 })).rejects.toThrow(String(process.pid));
  });
});
