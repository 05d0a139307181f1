import { sql } from 'kysely';
import type { Response } from 'supertest';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.js';
import type { OrderId } from '../../src/domain/ids.js';
import { serviceLevels } from '../../src/domain/service-level.js';
import { resolveItem } from '../api/attention-items.js';
import { useTestApi } from '../support/test-api.js';
import { labelOf, parcelOf, useServices } from './use-services.js';
import { eur, inOneParcel } from './histories.js';
import { waitFor } from '../support/wait-for.js';

const refunds: unknown[] = [];
const services = useServices({
  orders: { find: () => Promise.resolve({ paymentMethod: 'pm_1' }) },
  payments: {
    authorize: () => Promise.resolve({ kind: 'authorized', paymentId: 'pi_1' }),
    capture: () => Promise.resolve({ kind: 'captured' }),
    refund: (request: unknown) => {
      refunds.push(request);
      return Promise.resolve({ kind: 'undone' });
    },
  },
});
const api = useTestApi(() => ({
  database: openDatabase({ url: services.log.url, poolSize: 4 }),
}));
beforeEach(() => {
  refunds.length = 0;
});

/** A paid parcel that the carrier has, with no scan for too long. */
async function silent(): Promise<{ readonly orderId: OrderId; readonly itemId: string }> {
  const orderId = await services.order();
  await services.log.append(orderId, inOneParcel);
  await services.run('payment');
  await services.log.append(orderId, labelOf(orderId));
  await services.run('payment');
  await services.log.append(orderId, {
    type: 'shipment.handed_over',
    shipmentId: parcelOf(orderId),
  });
  await services.run('order');
  await services.pass(orderId, serviceLevels.standard.delivery.escalateMs);
  await services.clock();
  const [item] = (await services.row(orderId)).attention;
  expect(item).toMatchObject({ reason: 'not_delivered', choices: ['wait', 'refund'] });
  return { orderId, itemId: item!.id };
}

/** First the money, then the order's end, and at last the order's row. */
async function continueOrder(): Promise<void> {
  for (const name of ['payment', 'order', 'order'] as const) await services.run(name);
}

/** Keeps the order under lock until so many wait for it, who have all seen the item open. */
async function inTheSameMoment(orderId: OrderId, count: number, say: () => Promise<Response>) {
  const { database } = services.log;
  const held = await database.startTransaction().execute();
  await sql`select from orders.orders where id = ${orderId} for update`.execute(held);
  const answers = Promise.all(Array.from({ length: count }, say));
  const waiting = async () => {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database);
    return rows.length;
  };
  await waitFor(`${count} blocked transactions`, async () => (await waiting()) === count);
  await held.commit().execute();
  return answers;
}

describe('a parcel without scans, for which a person decides', () => {
  test('counts as lost when it is refunded', async () => {
    const { orderId, itemId } = await silent();
    const { body } = await resolveItem(api, itemId, { choice: 'refund' }).expect(200);
    expect(body.resolution).toMatchObject({ by: 'ops-1', choice: 'refund' });
    await continueOrder();
    expect(refunds).toMatchObject([{ orderId, amount: eur(1_500), scope: 'part' }]);
    expect(await services.row(orderId)).toMatchObject({ status: 'failed', needsAttention: false });
  });

  test('cannot be refunded when it has arrived meanwhile', async () => {
    const { orderId, itemId } = await silent();
    await services.log.append(orderId, {
      type: 'shipment.delivered',
      shipmentId: parcelOf(orderId),
    });
    const { body } = await resolveItem(api, itemId, { choice: 'refund' }).expect(409);
    expect(body.code).toBe('attention_resolved');
    await continueOrder();
    expect(refunds).toEqual([]);
    expect(await services.row(orderId)).toMatchObject({
      status: 'delivered',
      needsAttention: false,
    });
  });

  test('is refunded once, however often and by however many people that is decided', async () => {
    const { orderId, itemId } = await silent();
    const say = () => resolveItem(api, itemId, { choice: 'refund' });
    const answers = await Promise.all([say(), say(), say()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await resolveItem(api, itemId, { choice: 'refund', by: 'ops-2' }).expect(409);
    expect(await services.count(orderId, 'shipment.lost')).toBe(1);
    await services.run('payment');
    expect(refunds).toHaveLength(1);
  });

  test('is refunded once by two who decide in the same moment, and both get the answer', async () => {
    const { orderId, itemId } = await silent();
    const answers = await inTheSameMoment(orderId, 2, () =>
      resolveItem(api, itemId, { choice: 'refund' }),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await services.count(orderId, 'shipment.lost')).toBe(1);
  });

  test('can be waited for instead of a refund', async () => {
    const { orderId, itemId } = await silent();
    await resolveItem(api, itemId, { choice: 'wait' }).expect(200);
    expect(await services.count(orderId, 'shipment.lost')).toBe(0);
    expect((await services.row(orderId)).needsAttention).toBe(false);
  });
});
