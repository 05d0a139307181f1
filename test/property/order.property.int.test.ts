import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closedLoop } from '../../bench/harness/load.js';
import type { OrderId } from '../../src/domain/ids.js';
import { differencesInTheLedger } from '../adapters/stock.js';
import { brokenRules, storyOf } from './audit.js';
import { fates } from './fate.js';
import { Shop } from './shop.js';

const count = Number(process.env['PROPERTY_ORDERS'] ?? 120);
// The orders are the same in every run, their timing is not; PROPERTY_SEED draws others.
const seed = Number(process.env['PROPERTY_SEED'] ?? 2_100_043_581);
const atOnce = 30;
const auditedAtOnce = 8;
const lifeLimitMs = 120_000;
const calmLimitMs = 10_000;

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

/** @returns how many orders ended in which status */
async function endingsOf(orderIds: readonly OrderId[]): Promise<Record<string, number>> {
  const endings: Record<string, number> = {};
  for (const orderId of orderIds) {
    const status = await shop.statusOf(orderId);
    endings[status] = (endings[status] ?? 0) + 1;
  }
  return endings;
}

/** @returns what an order breaks, with its whole story; nothing when it keeps all rules */
async function complaintsAbout(orderId: OrderId): Promise<readonly string[]> {
  const broken = await brokenRules(shop, orderId);
  if (broken.length === 0) return [];
  const story = JSON.stringify(await storyOf(shop, orderId), null, 1);
  return [`${orderId} breaks: ${broken.join('; ')}\n${story}`];
}

const repeat = `PROPERTY_SEED=${seed} PROPERTY_ORDERS=${count}`;

test(
  'whatever happens to orders, money and stock agree at their end',
  { timeout: 600_000 },
  async () => {
    const drawn = fc.sample(fates, { seed, numRuns: count });
    const orderIds = await closedLoop(count, atOnce, (index) =>
      shop.live(drawn[index]!, lifeLimitMs),
    );
    await shop.weather.calm(calmLimitMs);
    const endings = await endingsOf(orderIds);
    process.stdout.write(`${repeat}: ${JSON.stringify(endings)}\n`);

    const complaints = await closedLoop(count, auditedAtOnce, (index) =>
      complaintsAbout(orderIds[index]!),
    );
    expect(complaints.flat().join('\n\n'), repeat).toBe('');
    expect(await differencesInTheLedger(shop.database), repeat).toEqual([]);
    expect(Object.keys(endings).sort(), repeat).toEqual([
      'cancelled',
      'delivered',
      'failed',
      'rejected',
    ]);
  },
);
