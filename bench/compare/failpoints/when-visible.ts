import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Appended, Committed } from './failing.js';

const lookMs = 2;
/** What is not committed by then was rolled back. */
const limitMs = 10_000;

/**
 * For a journal that appends within somebody's transaction: watched from outside, the entry is
 * committed as soon as others see it. Nobody waits for that.
 */
export function whenVisible(databaseUrl: string): Committed {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  pool.on('error', () => undefined);
  return (appended) => {
    void watch(pool, appended).catch(() => undefined);
    return Promise.resolve();
  };
}

async function watch(pool: pg.Pool, { entry, meet }: Appended): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (Date.now() < endMs) {
    if (await isVisible(pool, entry)) return meet();
    await sleep(lookMs);
  }
}

async function isVisible(pool: pg.Pool, { orderId, key }: Appended['entry']): Promise<boolean> {
  const { rowCount } = await pool.query(
    'select from orders.timeline where order_id = $1 and entry_key = $2 limit 1',
    [orderId, key],
  );
  return rowCount === 1;
}
