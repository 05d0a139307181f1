import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { differencesInTheLedger } from '../adapters/stock.js';
import { brokenRules, storyOf } from './audit.js';
import { fates, type Fate } from './fate.js';
import { Shop } from './shop.js';

const count = Number(process.env['PROPERTY_ORDERS'] ?? 120);
// The orders are the same in every run, their timing is not; PROPERTY_SEED draws others.
const seed = Number(process.env['PROPERTY_SEED'] ?? 2_100_043_581);
const sideBySide = 30;
const lifeLimitMs = 120_000;
const calmLimitMs = 10_000;

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

/** Lives all orders, some of them at a time. */
async function liveAll(drawn: readonly Fate[]): Promise<readonly OrderId[]> {
  const orderIds: OrderId[] = [];
  const waiting = [...drawn];
  const lane = async (): Promise<void> => {
    for (let fate = waiting.shift(); fate !== undefined; fate = waiting.shift()) {
      orderIds.push(await shop.live(fate, lifeLimitMs));
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, lane));
  await shop.weather.calm(calmLimitMs);
  return orderIds;
}

async function endingsOf(orderIds: readonly OrderId[]): Promise<Record<string, number>> {
  const endings: Record<string, number> = {};
  for (const orderId of orderIds) {
    const status = await shop.statusOf(orderId);
    endings[status] = (endings[status] ?? 0) + 1;
  }
  return endings;
}

const repeat = `PROPERTY_SEED=${seed} PROPERTY_ORDERS=${count}`;

test(
  'whatever happens to orders, money and stock agree at their end',
  { timeout: 600_000 },
  async () => {
    const orderIds = await liveAll(fc.sample(fates, { seed, numRuns: count }));
    const endings = await endingsOf(orderIds);
    process.stdout.write(`${repeat}: ${JSON.stringify(endings)}\n`);

    const complaints: string[] = [];
    for (const orderId of orderIds) {
      const broken = await brokenRules(shop, orderId);
      if (broken.length === 0) continue;
      const story = JSON.stringify(await storyOf(shop, orderId), null, 1);
      complaints.push(`${orderId} breaks: ${broken.join('; ')}\n${story}`);
    }
    expect(complaints.join('\n\n'), repeat).toBe('');
    expect(await differencesInTheLedger(shop.database), repeat).toEqual([]);
    expect(Object.keys(endings).sort(), repeat).toEqual([
      'cancelled',
      'delivered',
      'failed',
      'rejected',
    ]);
  },
);
