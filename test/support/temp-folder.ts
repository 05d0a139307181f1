import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A folder for each test, which every user may enter. */
export function useTempFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'orders-test-'));
    await chmod(folder.path, 0o755);
  });
  afterEach(() => rm(folder.path, { recursive: true, force: true }));
  return folder;
}
