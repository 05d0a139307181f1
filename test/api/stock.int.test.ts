import { insertRows } from '../../src/db/database.js';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { postgresInventory } from '../../src/adapters/postgres-inventory.js';
import { sendDueMessages } from '../../src/temporal/messages.js';
import type { OrderId } from '../../src/domain/ids.js';
import { newOrderId } from '../adapters/own-database.js';
import { useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;

const receive = (sku: string, body: object, key: string = randomUUID()) =>
  api.post(`/v1/stock/${sku}/receipts`, body, key);

const stockOf = async (sku: string) => {
  const { data } = await api.read('/v1/stock');
  return (data as { sku: string; on_hand: number }[]).find((item) => item.sku === sku)!;
};

describe('the stock', () => {
  test('is listed by SKU, in all and by warehouse, with what is held and what is free', async () => {
    await postgresInventory(api.database).reserve(newOrderId(), [{ sku: 'POT-900', quantity: 3 }]);
    const first = await api.read('/v1/stock?limit=2');
    expect(first).toMatchObject({ data: [{ sku: 'JAR-300' }, { sku: 'MUG-200' }], has_more: true });
    const rest = await api.read(`/v1/stock?starting_after=${first.next_cursor}`);
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
  test('is booked in the usual warehouse of its SKU', async () => {
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

  test('beyond what a warehouse can count is refused and books nothing', async () => {
    await api.run`update inventory.items set on_hand = 2147483000 where sku = 'POT-900'`;
    const { body } = await api.unchanged(() => receive('POT-900', { quantity: 1_000 }).expect(422));
    expect(body.errors).toMatchObject([{ pointer: '/quantity', code: 'too_big' }]);
  });
});

describe('orders that wait for goods', () => {
  beforeEach(() => api.run`delete from inventory.waiting`);
  beforeEach(() => api.run`delete from orders.messages`);

  /** A product that nobody has, and the orders that wait for one unit each. */
  async function waiting(count: number): Promise<{ sku: string; orderIds: OrderId[] }> {
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
  const signalAgain = async (seconds = 700) => {
    await api.timePasses(seconds);
    return sendDueMessages(api.database, workflows, 10);
  };

  test('are signalled by the receipt that serves them, in the order in which they came', async () => {
    const { sku, orderIds } = await waiting(3);
    const { body } = await receive(sku, { quantity: 2 }).expect(201);
    expect(body.served_orders).toEqual(orderIds.slice(0, 2));
    // They are sent side by side.
    expect(new Set(workflows.signals)).toEqual(
      new Set(orderIds.slice(0, 2).map((to) => ({ to, name: 'stockArrived', argument: {} }))),
    );
    expect(await signalAgain(1)).toBe(0);
  });

  test('are signalled again until they reserve their goods, and then no more', async () => {
    const { sku, orderIds } = await waiting(1);
    const [orderId] = orderIds as [OrderId];
    await receive(sku, { quantity: 1 }).expect(201);
    expect(await signalAgain(6)).toBe(1);
    expect(await signalAgain(6)).toBe(0);
    expect(await signalAgain(6)).toBe(1);
    expect(workflows.signals).toHaveLength(3);

    await postgresInventory(api.database).reserve(orderId, [{ sku, quantity: 1 }]);
    expect(await signalAgain()).toBe(0);
  });
});
