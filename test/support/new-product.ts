import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { insertMissingRows, openDatabase } from '../../src/db/database.js';
import type { TestStack } from './test-stack.js';
import { waitFor } from './wait-for.js';

/** Puts a product on sale for 5.00 EUR, with this many in stock. @returns its SKU */
export async function newProduct(running: TestStack, quantity: number): Promise<string> {
  const sku = `NEW-${randomUUID().slice(0, 8).toUpperCase()}`;
  await catalogue(running, sku);
  if (quantity > 0) await receive(running, sku, quantity);
  return sku;
}

async function catalogue(running: TestStack, sku: string): Promise<void> {
  const url = running.processes.env('api')['DATABASE_URL']!;
  const database = openDatabase({ url, poolSize: 1 });
  const product = { sku, title: 'A new thing', weight_grams: 100, seller_id: 'sel_leaf' };
  const price = { sku, currency: 'EUR', unit_price_minor: 500 } as const;
  // Beside stacks that start, a connection can take longer than it may.
  await waitFor(`${sku} in the catalogue`, async () => {
    await insertMissingRows(database, 'orders.products', [product]);
    await insertMissingRows(database, 'orders.prices', [price]);
  });
  await database.destroy();
}

async function receive(running: TestStack, sku: string, quantity: number): Promise<void> {
  const body = { quantity, warehouse_id: 'wh_hamburg' };
  const key = { 'idempotency-key': randomUUID() };
  const response = await running.post(`/v1/stock/${sku}/receipts`, body, key);
  expect(response.status, await response.clone().text()).toBe(201);
}
