import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { allValues } from '../../src/db/database.js';
import { seedCatalogue } from '../../src/db/seed.js';
import type { OrderId } from '../../src/domain/ids.js';
import { serviceLevels } from '../../src/domain/service-level.js';
import { authorized, compensating } from './histories.js';
import { parcelOf, useServices } from './use-services.js';

const { handOver: handOverTimes, delivery } = serviceLevels.standard;
const aMinuteMs = 60_000;

const services = useServices();

const reasons = async (orderId: OrderId) =>
  (await services.row(orderId)).attention.map(({ reason }) => reason);

async function handOver(orderId: OrderId): Promise<void> {
  const shipmentId = parcelOf(orderId);
  await services.log.append(orderId, { type: 'shipment.handed_over', shipmentId });
  await services.run('order');
}

async function handedOver(): Promise<OrderId> {
  const orderId = await services.labelled();
  await handOver(orderId);
  return orderId;
}

describe('a parcel that the carrier does not have', () => {
  test('raises an item for the warehouse when it is overdue, and not before', async () => {
    const orderId = await services.labelled();
    await services.passTime(orderId, handOverTimes.escalateMs - aMinuteMs);
    expect(await reasons(orderId)).toEqual([]);
    await services.passTime(orderId, aMinuteMs);
    const item = { reason: 'not_handed_over', owner: 'warehouse', choices: ['wait'] };
    expect(await services.row(orderId)).toMatchObject({
      needsAttention: true,
      attention: [{ ...item, subject: parcelOf(orderId) }],
    });
  });

  test('raises one item, also when several clocks run at once and again', async () => {
    const orderId = await services.labelled();
    await services.pass(orderId, handOverTimes.escalateMs);
    await Promise.all([services.clock(), services.clock(), services.clock()]);
    await services.run('order');
    await services.passTime(orderId, handOverTimes.escalateMs);
    expect(await services.count(orderId, 'attention.raised')).toBe(1);
    const looksAgainAt = allValues(services.log.database)`
      select tracking_overdue_at from orders.orders where id = ${orderId}`;
    expect(await looksAgainAt).toEqual([null]);
  });

  test('is overdue after the time of its service level', async () => {
    const orderId = await services.labelled('express');
    await services.passTime(orderId, serviceLevels.express.handOver.escalateMs);
    expect(await reasons(orderId)).toEqual(['not_handed_over']);
  });

  test('closes its item when the carrier has it after all', async () => {
    const orderId = await services.labelled();
    await services.passTime(orderId, handOverTimes.escalateMs);
    await handOver(orderId);
    expect(await services.row(orderId)).toMatchObject({ needsAttention: false, attention: [] });
    await services.run('order');
    expect(await services.count(orderId, 'attention.resolved')).toBe(1);
  });
});

describe('a parcel that does not arrive', () => {
  test('raises an item for shipping when it is overdue, counted from the hand-over', async () => {
    const orderId = await handedOver();
    await services.passTime(orderId, delivery.escalateMs - aMinuteMs);
    expect(await reasons(orderId)).toEqual([]);
    await services.passTime(orderId, aMinuteMs);
    expect((await services.row(orderId)).attention).toMatchObject([
      { reason: 'not_delivered', subject: parcelOf(orderId), owner: 'shipping' },
    ]);
  });

  test.each(['shipment.delivered', 'shipment.lost', 'shipment.returned_to_sender'] as const)(
    'closes its item after %s',
    async (type) => {
      const orderId = await handedOver();
      await services.passTime(orderId, delivery.escalateMs);
      await services.log.append(orderId, { type, shipmentId: parcelOf(orderId) });
      await services.run('order');
      expect(await services.row(orderId)).toMatchObject({ needsAttention: false, attention: [] });
    },
  );
});

describe('an order that compensates', () => {
  const compensate = (orderId: OrderId) => services.log.append(orderId, compensating('cancelled'));

  test('raises no item about its parcels, also before its row shows the compensation', async () => {
    const orderId = await services.labelled();
    await services.pass(orderId, handOverTimes.escalateMs);
    await compensate(orderId);
    await services.clock();
    await services.run('order');
    await services.clock();
    expect(await services.types(orderId)).not.toContain('attention.raised');
  });

  test('closes the items about its parcels', async () => {
    const orderId = await services.labelled();
    await services.passTime(orderId, handOverTimes.escalateMs);
    await compensate(orderId);
    await services.run('order');
    expect(await reasons(orderId)).toEqual([]);
  });
});

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
  test('are released once when nobody has paid, and the order compensates', async () => {
    const orderId = await expired();
    await Promise.all([services.clock(), services.clock()]);
    await services.clock();
    expect(await services.count(orderId, 'inventory.released')).toBe(1);
    expect(await services.types(orderId)).toContain('compensation.started');
  });

  test('stay reserved when they are paid for, also when inventory has not seen the payment yet', async () => {
    const orderId = await expired();
    await services.log.append(orderId, authorized);
    await services.clock();
    expect(await services.types(orderId)).not.toContain('inventory.released');
  });
});
