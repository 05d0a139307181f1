import { homedir } from 'node:os';
import { join } from 'node:path';
import type { UpConfig } from '../config.js';

type CacheConfig = Pick<UpConfig, 'DURABLE_ORDERS_CACHE' | 'XDG_CACHE_HOME'>;

/** Where downloads and builds are kept between runs and checkouts. */
export function cacheFolder(config: CacheConfig): string {
  const base = config.DURABLE_ORDERS_CACHE ?? config.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(base, 'durable-orders');
}

/** Part of every cached program's name: one home folder may serve several machines. */
export const machineSuffix = `${process.platform}-${process.arch}`;
