import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedCatalogue } from '../../src/db/seed.js';
import type { OrderId } from '../../src/domain/ids.js';
import { ServiceDesk } from './service-desk.js';
import { authorized } from './histories.js';

let desk: ServiceDesk;
beforeAll(async () => {
  desk = await ServiceDesk.open();
  const { database, url } = desk.desk;
  await seedCatalogue(url);
  await sql`insert into orders.products (sku, title, weight_grams, seller_id)
    values ('TEA', 'Tea', 100, 'sel_leaf')`.execute(database);
  await sql`select inventory.book('receipt', 'TEA', 'wh_hamburg', 100, null)`.execute(database);
});
afterAll(() => desk.close());

/** Whose goods were set aside for longer than goods are that nobody pays for. */
async function expired(): Promise<OrderId> {
  const orderId = await desk.order();
  await desk.run('inventory');
  await sql`update inventory.holds set expires_at = clock_timestamp() - interval '1 second'
    where hold_id = ${orderId}`.execute(desk.desk.database);
  return orderId;
}

describe('goods that were set aside for too long', () => {
  test('are for sale again when nobody has paid, and the order goes back', async () => {
    const orderId = await expired();
    await desk.clock();
    expect(await desk.types(orderId)).toEqual(
      expect.arrayContaining(['inventory.released', 'compensation.started']),
    );
  });

  test('stay when they are paid for, also when inventory has not heard of it yet', async () => {
    const orderId = await expired();
    await desk.desk.tell(orderId, authorized);
    await desk.clock();
    expect(await desk.types(orderId)).not.toContain('inventory.released');
  });

  test('are given back once', async () => {
    const orderId = await expired();
    await Promise.all([desk.clock(), desk.clock()]);
    await desk.clock();
    const released = (await desk.types(orderId)).filter((type) => type === 'inventory.released');
    expect(released).toHaveLength(1);
  });
});
