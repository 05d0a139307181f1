import { insertRows } from '../../src/db/database.js';
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { postgresInventory } from '../../src/adapters/postgres-inventory.js';
import { signalServedOrders } from '../../src/temporal/stock-arrivals.js';
import type { OrderId } from '../../src/domain/ids.js';
import { newOrderId } from '../adapters/own-database.js';
import { away, rowCounts, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;

const receive = (sku: string, body: object | string, key: string = randomUUID()) =>
  api.http
    .post(`/v1/stock/${sku}/receipts`)
    .set({ 'Idempotency-Key': key, 'Content-Type': 'application/json' })
    .send(body);

const stockOf = async (sku: string) => {
  const { body } = await api.http.get('/v1/stock').expect(200);
  return (body.data as { sku: string; on_hand: number; held: number }[]).find(
    (item) => item.sku === sku,
  )!;
};

describe('the stock', () => {
  test('is listed by SKU, in all and by warehouse, with what is held and what is free', async () => {
    await postgresInventory(api.database).reserve(newOrderId(), [{ sku: 'POT-900', quantity: 3 }]);
    const first = (await api.http.get('/v1/stock?limit=2').expect(200)).body;
    expect(first).toMatchObject({ data: [{ sku: 'JAR-300' }, { sku: 'MUG-200' }], has_more: true });
    const rest = (await api.http.get(`/v1/stock?starting_after=${first.next_cursor}`)).body;
    const counts = { on_hand: 1_000_000, held: 3, free: 999_997 };
    expect(rest.data[0]).toEqual({
      sku: 'POT-900',
      title: 'Teapot, 900 ml',
      ...counts,
      warehouses: [{ id: 'wh_hamburg', ...counts }],
    });
    expect(rest.data).toMatchObject([{ sku: 'POT-900' }, { sku: 'TEA-100' }, { sku: 'TEA-500' }]);
  });

  test('adds up what several warehouses have', async () => {
    await receive('MUG-200', { quantity: 5, warehouse_id: 'wh_rotterdam' }).expect(201);
    expect(await stockOf('MUG-200')).toMatchObject({
      on_hand: 1_000_005,
      warehouses: [
        { id: 'wh_hamburg', on_hand: 1_000_000 },
        { id: 'wh_rotterdam', on_hand: 5 },
      ],
    });
  });
});

describe('a receipt', () => {
  test('is booked where the SKU is at home, and told', async () => {
    const { body } = await receive('JAR-300', { quantity: 7 }).expect(201);
    expect(body).toEqual({
      object: 'stock_receipt',
      sku: 'JAR-300',
      quantity: 7,
      warehouse_id: 'wh_rotterdam',
      served_orders: [],
      received_at: expect.any(String),
    });
    expect(await stockOf('JAR-300')).toMatchObject({ on_hand: 1_000_007 });
  });

  test('has one effect for one key, also side by side, and the same answer', async () => {
    const before = (await stockOf('TEA-500')).on_hand;
    const key = randomUUID();
    const answers = await Promise.all(
      [1, 2, 3].map(() => receive('TEA-500', { quantity: 10 }, key).expect(201)),
    );
    expect(answers[1]!.body).toEqual(answers[0]!.body);
    expect(answers[2]!.body).toEqual(answers[0]!.body);
    const replayed = answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true');
    expect(replayed).toHaveLength(2);
    expect((await stockOf('TEA-500')).on_hand).toBe(before + 10);
  });

  test.each([
    ['another quantity', 'TEA-500', { quantity: 11 }],
    ['another SKU', 'TEA-100', { quantity: 10 }],
    ['another warehouse', 'TEA-500', { quantity: 10, warehouse_id: 'wh_rotterdam' }],
  ])('refuses a known key with %s', async (_what, sku, other) => {
    const key = randomUUID();
    await receive('TEA-500', { quantity: 10 }, key).expect(201);
    const before = await rowCounts(api.database);
    const { body } = await receive(sku, other, key).expect(422);
    expect(body.code).toBe('idempotency_key_reused');
    expect(await rowCounts(api.database)).toEqual(before);
  });

  test.each([
    ['no quantity', {}, '/quantity'],
    ['a quantity of zero', { quantity: 0 }, '/quantity'],
    ['a negative quantity', { quantity: -5 }, '/quantity'],
    ['half a unit', { quantity: 0.5 }, '/quantity'],
    ['an absurd quantity', { quantity: 1_000_001 }, '/quantity'],
    ['text for a quantity', { quantity: '5' }, '/quantity'],
    ['an unknown warehouse', { quantity: 5, warehouse_id: 'wh_nowhere' }, '/warehouse_id'],
    ['an unknown member', { quantity: 5, price: 1 }, '/price'],
  ])('with %s is refused and books nothing', async (_what, sent, pointer) => {
    const before = await rowCounts(api.database);
    const { body } = await receive('TEA-100', sent).expect(422);
    expect(body).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] });
    expect(await rowCounts(api.database)).toEqual(before);
  });

  test('beyond what a warehouse can count is refused and books nothing', async () => {
    const setOnHand = (quantity: number) =>
      sql`update inventory.items set on_hand = ${quantity} where sku = 'POT-900'`.execute(
        api.database,
      );
    const { on_hand: onHand } = await stockOf('POT-900');
    await setOnHand(2_147_483_000);
    const before = await rowCounts(api.database);
    const { body } = await receive('POT-900', { quantity: 1_000 }).expect(422);
    expect(body.errors).toMatchObject([{ pointer: '/quantity', code: 'too_big' }]);
    expect(await rowCounts(api.database)).toEqual(before);
    await setOnHand(onHand);
  });

  test.each(['NOT-SOLD', 'x'.repeat(65), '%00'])('of %s is not found', async (sku) => {
    const { body } = await receive(sku, { quantity: 1 }).expect(404);
    expect(body.code).toBe('sku_not_found');
  });

  test('needs a key', async () => {
    const { body } = await api.http.post('/v1/stock/TEA-100/receipts').send({ quantity: 1 });
    expect(body.code).toBe('idempotency_key_missing');
  });
});

describe('orders that wait for goods', () => {
  /** A product that nobody has, and the orders that wait for one unit each. */
  async function waitFor(count: number): Promise<{ sku: string; orderIds: OrderId[] }> {
    const sku = `NEW-${randomUUID()}`;
    await insertRows(api.database, 'orders.products', [
      { sku, title: 'A new thing', weight_grams: 100, seller_id: 'sel_clay' },
    ]);
    const orderIds = Array.from({ length: count }, newOrderId);
    for (const orderId of orderIds) {
      await postgresInventory(api.database).enqueue(orderId, [{ sku, quantity: 1 }]);
    }
    return { sku, orderIds };
  }
  const tellAgain = () => signalServedOrders(api.database, workflows, 10);
  const age = (orderId: OrderId, seconds: number) =>
    sql`
        update inventory.waiting
        set notified_at = ${new Date(Date.now() - seconds * 1_000)}
        where order_id = ${orderId}`.execute(api.database);

  test('are told by the receipt that serves them, in the order in which they came', async () => {
    const { sku, orderIds } = await waitFor(3);
    const { body } = await receive(sku, { quantity: 2 }).expect(201);
    expect(body.served_orders).toEqual(orderIds.slice(0, 2));
    const told = orderIds.slice(0, 2).map((to) => ({ to, name: 'stockArrived', args: [] }));
    expect(workflows.signals).toEqual(told);
    expect(await tellAgain()).toBe(0);
  });

  test('are told again until they come for their goods, and then no more', async () => {
    const { sku, orderIds } = await waitFor(1);
    const [orderId] = orderIds as [OrderId];
    await receive(sku, { quantity: 1 }).expect(201);
    await age(orderId, 11);
    expect(await tellAgain()).toBe(1);
    await age(orderId, 11);
    expect(await tellAgain()).toBe(0);
    await age(orderId, 21);
    expect(await tellAgain()).toBe(1);
    expect(workflows.signals).toHaveLength(3);

    await postgresInventory(api.database).reserve(orderId, [{ sku, quantity: 1 }]);
    await age(orderId, 86_400);
    expect(await tellAgain()).toBe(0);
  });

  test('hear of it later when Temporal is away, and the receipt stands', async () => {
    const { sku, orderIds } = await waitFor(2);
    workflows.signalAnswer = { kind: 'not_delivered', cause: away };
    const { body } = await receive(sku, { quantity: 2 }).expect(201);
    expect(body.served_orders).toEqual(orderIds);
    workflows.signals.length = 0;
    expect(await tellAgain()).toBe(0);
    expect(workflows.signals).toHaveLength(1);
    workflows.signalAnswer = { kind: 'delivered' };
    expect(await tellAgain()).toBe(2);
  });

  test('are forgotten when their workflow is gone', async () => {
    const { sku } = await waitFor(1);
    workflows.signalAnswer = { kind: 'gone' };
    await receive(sku, { quantity: 1 }).expect(201);
    workflows.signals.length = 0;
    expect(await tellAgain()).toBe(0);
    expect(workflows.signals).toEqual([]);
  });
});
