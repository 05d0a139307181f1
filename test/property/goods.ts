import { typeid } from 'typeid-js';
import type { Database } from '../../src/db/database.js';
import { receiveStock } from '../../src/db/stock-receipts.js';
import { listUnnotified, recordNotified, serveWaiting } from '../../src/db/stock-queue.js';
import type { OrderId } from '../../src/domain/ids.js';

/** Books a receipt of goods. */
export async function receiveGoods(
  database: Database,
  goods: { readonly sku: string; readonly quantity: number; readonly warehouseId: string },
): Promise<void> {
  const key = typeid('key').toString();
  await receiveStock(database, { ...goods, key, fingerprint: key });
}

/** Serves the queue, and tells the orders whose goods have come, as the relay does. */
export async function tellArrivals(
  database: Database,
  tell: (orderId: OrderId) => Promise<void>,
): Promise<void> {
  await serveWaiting(database);
  for (const orderId of await listUnnotified(database, 100)) {
    await tell(orderId);
    await recordNotified(database, orderId);
  }
}
