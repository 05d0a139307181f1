import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { seedCatalogue } from '../../src/db/seed.js';
import type { OrderId } from '../../src/domain/ids.js';
import { useServices } from './use-services.js';
import { authorized } from './histories.js';

const services = useServices();
beforeAll(async () => {
  const { database, url } = services.log;
  await seedCatalogue(url);
  await sql`insert into orders.products (sku, title, weight_grams, seller_id)
    values ('TEA', 'Tea', 100, 'sel_leaf')`.execute(database);
  await sql`select inventory.book('receipt', 'TEA', 'wh_hamburg', 100, null)`.execute(database);
});

/** An order whose hold has expired. */
async function expired(): Promise<OrderId> {
  const orderId = await services.order();
  await services.run('inventory');
  await sql`update inventory.holds set expires_at = clock_timestamp() - interval '1 second'
    where hold_id = ${orderId}`.execute(services.log.database);
  return orderId;
}

describe('goods whose hold has expired', () => {
  test('are for sale again when nobody has paid, and the order compensates', async () => {
    const orderId = await expired();
    await services.clock();
    expect(await services.types(orderId)).toEqual(
      expect.arrayContaining(['inventory.released', 'compensation.started']),
    );
  });

  test('stay reserved when they are paid for, also when inventory has not seen the payment yet', async () => {
    const orderId = await expired();
    await services.log.append(orderId, authorized);
    await services.clock();
    expect(await services.types(orderId)).not.toContain('inventory.released');
  });

  test('are released once', async () => {
    const orderId = await expired();
    await Promise.all([services.clock(), services.clock()]);
    await services.clock();
    expect(await services.count(orderId, 'inventory.released')).toBe(1);
  });
});
