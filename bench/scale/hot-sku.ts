import { ApiClient } from '../harness/api-client.js';
import { closedLoop, timedLoop } from '../harness/load.js';
import type { Stack } from '../harness/stack.js';
import { sumOf } from '../harness/statistics.js';
import { api, sandbox, startSystem, worker } from '../harness/system.js';
import { watchOrders } from '../harness/watch.js';
import { stockDifferences } from '../ledgers/read.js';
import { offerProducts } from '../mix.js';
import type { ScaleOptions } from '../options.js';
import { cards } from '../target.js';
import type { HotSkuRun } from './report.js';

const moveMs = 150;
const limitMs = 180_000;
const [buyers, units, manySkus] = [200, 20, 50];
const plenty = 1_000_000;
/** One SKU, then many, then again: what changes with time falls on both. */
const turns = 2;

const scarce = 'BENCH-LAST';
const many = Array.from({ length: manySkus }, (_unused, index) => `BENCH-HOT-${index}`);

/** All want the same goods: few of them, and then enough of them. */
export async function measureHotSku(stack: Stack, options: ScaleOptions): Promise<HotSkuRun> {
  const system = await startSystem(stack, [sandbox(moveMs), worker, { role: 'relay' }, api]);
  const watch = watchOrders(system.pool);
  const client = new ApiClient(system.apiUrl);
  let buyer = 0;
  const buy = async (sku: string): Promise<string> => {
    buyer += 1;
    const changes = { lines: [{ sku, quantity: 1 }], payment_method: cards[buyer % cards.length] };
    const { orderId } = await client.place({ id: `cus_hot_${Date.now()}_${buyer}` }, changes);
    return (await watch.waitFor(orderId, ({ isEnded }) => isEnded, limitMs)).status;
  };
  const soldPerSecond = async (skuOf: (index: number) => string): Promise<number> => {
    const beganMs = performance.now();
    const ms = (1_000 * options.seconds) / turns;
    const sold = await timedLoop(ms, options.concurrency, (index) => buy(skuOf(index)));
    const delivered = sold.filter((status) => status === 'delivered').length;
    if (delivered < sold.length) throw new Error(`${sold.length - delivered} were not delivered`);
    return (1_000 * delivered) / (performance.now() - beganMs);
  };
  try {
    await offerProducts(system.pool, [scarce, ...many]);
    for (const sku of [scarce, ...many]) {
      const quantity = sku === scarce ? units : plenty;
      await client.command(`/v1/stock/${sku}/receipts`, { quantity, warehouse_id: 'wh_hamburg' });
    }
    const ends = await closedLoop(buyers, buyers, () => buy(scarce));
    const countOf = (wanted: string) => ends.filter((status) => status === wanted).length;
    const rates: { one: number; several: number }[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const one = await soldPerSecond(() => many[0] ?? '');
      rates.push({ one, several: await soldPerSecond((index) => many[index % manySkus] ?? '') });
    }
    return {
      ...{ buyers, units, sold: countOf('delivered'), refused: countOf('rejected') },
      ...{ seconds: options.seconds, manySkus },
      oneSkuPerSecond: sumOf(rates.map(({ one }) => one)) / turns,
      manySkusPerSecond: sumOf(rates.map(({ several }) => several)) / turns,
      stockDifferences: await stockDifferences(system.pool),
    };
  } finally {
    await watch.stop();
    await system.stopGently();
  }
}
