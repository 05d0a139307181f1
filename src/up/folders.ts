import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homedir } from 'node:os';
import type { UpConfig } from '../config.js';

/** The folder of package.json; the same seen from src/ and from dist/. */
export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/** A script of the build, for a process of its own: TypeScript cannot be started as it is. */
export const builtScript = (path: string): string => join(repositoryRoot, 'dist', path);

export const defaultStateDir = join(repositoryRoot, '.orders');

type CacheConfig = Pick<UpConfig, 'DURABLE_ORDERS_CACHE' | 'XDG_CACHE_HOME'>;

/** Where downloads and builds are kept between runs and checkouts. */
export function cacheFolder(config: CacheConfig): string {
  const base = config.DURABLE_ORDERS_CACHE ?? config.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(base, 'durable-orders');
}

/** Part of every cached program's name: one home folder may serve several machines. */
export const machineSuffix = `${process.platform}-${process.arch}`;
