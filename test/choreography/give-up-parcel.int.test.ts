import { sql } from 'kysely';
import type { Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.js';
import type { OrderId } from '../../src/domain/ids.js';
import { serviceLevels } from '../../src/domain/service-level.js';
import { resolveItem } from '../api/attention-items.js';
import { startTestApi, type TestApi } from '../support/test-api.js';
import { labelOf, parcelOf, ServiceDesk } from './service-desk.js';
import { eur, inOneParcel } from './histories.js';
import { waitFor } from '../support/wait-for.js';

let desk: ServiceDesk;
let api: TestApi;
const refunds: unknown[] = [];
beforeAll(async () => {
  desk = await ServiceDesk.open();
  const refund = (request: unknown) => {
    refunds.push(request);
    return Promise.resolve({ kind: 'undone' });
  };
  desk.providers = {
    orders: { find: () => Promise.resolve({ paymentMethod: 'pm_1' }) } as never,
    payments: {
      authorize: () => Promise.resolve({ kind: 'authorized', paymentId: 'pi_1' }),
      capture: () => Promise.resolve({ kind: 'captured' }),
      refund,
    } as never,
  };
  const database = openDatabase({ url: desk.desk.url, poolSize: 4 });
  api = await startTestApi({ database });
});
beforeEach(() => {
  refunds.length = 0;
});
afterAll(async () => {
  await api.stop();
  await desk.close();
});

/** A paid parcel that the carrier has, and has been silent about for too long. */
async function silent(): Promise<{ readonly orderId: OrderId; readonly itemId: string }> {
  const orderId = await desk.order();
  await desk.desk.tell(orderId, inOneParcel);
  await desk.run('payment');
  await desk.desk.tell(orderId, labelOf(orderId));
  await desk.run('payment');
  await desk.desk.tell(orderId, { type: 'shipment.handed_over', shipmentId: parcelOf(orderId) });
  await desk.run('order');
  await desk.pass(orderId, serviceLevels.standard.delivery.escalateMs);
  await desk.clock();
  const [item] = (await desk.row(orderId)).attention;
  expect(item).toMatchObject({ reason: 'not_delivered', choices: ['wait', 'refund'] });
  return { orderId, itemId: item!.id };
}

/** What its services make of it: first the money, then the order's end, which its row shows at last. */
async function goOn(): Promise<void> {
  for (const name of ['payment', 'order', 'order'] as const) await desk.run(name);
}

/** Keeps the order under lock until so many wait for it, who have all seen the item open. */
async function inTheSameMoment(orderId: OrderId, count: number, say: () => Promise<Response>) {
  const { database } = desk.desk;
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

const timesOf = async (orderId: OrderId, type: string): Promise<number> =>
  (await desk.types(orderId)).filter((one) => one === type).length;

describe('a silent parcel that a person gives up', () => {
  test('counts as lost, and its money goes back', async () => {
    const { orderId, itemId } = await silent();
    const { body } = await resolveItem(api, itemId, { choice: 'refund' }).expect(200);
    expect(body.resolution).toMatchObject({ by: 'ops-1', choice: 'refund' });
    await goOn();
    expect(refunds).toMatchObject([{ orderId, amount: eur(1_500), scope: 'part' }]);
    expect(await desk.row(orderId)).toMatchObject({ status: 'failed', needsAttention: false });
  });

  test('is refused when it has arrived meanwhile, and nothing is paid back', async () => {
    const { orderId, itemId } = await silent();
    await desk.desk.tell(orderId, { type: 'shipment.delivered', shipmentId: parcelOf(orderId) });
    const { body } = await resolveItem(api, itemId, { choice: 'refund' }).expect(409);
    expect(body.code).toBe('attention_resolved');
    await goOn();
    expect(refunds).toEqual([]);
    expect(await desk.row(orderId)).toMatchObject({ status: 'delivered', needsAttention: false });
  });

  test('is given up once, however often and by however many that is said', async () => {
    const { orderId, itemId } = await silent();
    const say = () => resolveItem(api, itemId, { choice: 'refund' });
    const answers = await Promise.all([say(), say(), say()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await resolveItem(api, itemId, { choice: 'refund', by: 'ops-2' }).expect(409);
    expect(await timesOf(orderId, 'shipment.lost')).toBe(1);
    await desk.run('payment');
    expect(refunds).toHaveLength(1);
  });

  test('is given up once by two who decide in the same moment, and both hear that it is', async () => {
    const { orderId, itemId } = await silent();
    const answers = await inTheSameMoment(orderId, 2, () =>
      resolveItem(api, itemId, { choice: 'refund' }),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await timesOf(orderId, 'shipment.lost')).toBe(1);
  });

  test('can be waited for instead', async () => {
    const { orderId, itemId } = await silent();
    await resolveItem(api, itemId, { choice: 'wait' }).expect(200);
    expect(await timesOf(orderId, 'shipment.lost')).toBe(0);
    expect((await desk.row(orderId)).needsAttention).toBe(false);
  });
});
