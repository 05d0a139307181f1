import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { retentionPeriods, strictRound } from '../events/event-log.js';
import { deliver } from '../support/delivered-order.js';
import { anOrderRequest, placeOrder, rowCounts, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let delivered: OrderId;
beforeAll(async () => {
  const lines = [{ sku: 'TEA-100', quantity: 10 }];
  ({ id: delivered } = await placeOrder(api, { lines }));
  await deliver(api.database, delivered, { totalMinor: 8900, parcels: [lines] });
});

const post = (key: string, body: object | string = anOrderRequest()) =>
  api.post('/v1/orders', body, key);

/** A request by its path and body. */
type Asked = () => readonly [string, object];

const order: Asked = () => ['/v1/orders', anOrderRequest()];
const tea = (quantity: number) => [{ sku: 'TEA-100', quantity, reason: 'changed_mind' }];
const aReturn: Asked = () => ['/v1/returns', { order_id: delivered, lines: tea(1) }];
const receipt: Asked = () => ['/v1/stock/TEA-500/receipts', { quantity: 10 }];

test.each([
  ['an order', order],
  ['a return', aReturn],
  ['a receipt', receipt],
])(
  '%s with the same key and body gets the first answer again, without effect',
  async (_, asked) => {
    const key = randomUUID();
    const first = await api.post(...asked(), key);
    const second = await api.unchanged(() => api.post(...asked(), key).expect(first.status));
    expect(first.status).toBeLessThan(300);
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.headers['location']).toBe(first.headers['location']);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect([...workflows.started, ...workflows.returns].length).toBeLessThan(2);
  },
);

test.each<[string, Asked, Asked]>([
  [
    'an order of other lines',
    order,
    () => ['/v1/orders', anOrderRequest({ lines: [{ sku: 'TEA-100', quantity: 3 }] })],
  ],
  [
    'a return of another quantity',
    aReturn,
    () => ['/v1/returns', { order_id: delivered, lines: tea(2) }],
  ],
  ['an order in place of a return', aReturn, order],
  [
    'a receipt of another quantity',
    receipt,
    () => ['/v1/stock/TEA-500/receipts', { quantity: 11 }],
  ],
  ['a receipt of another SKU', receipt, () => ['/v1/stock/TEA-100/receipts', { quantity: 10 }]],
  [
    'a receipt in another warehouse',
    receipt,
    () => ['/v1/stock/TEA-500/receipts', { quantity: 10, warehouse_id: 'wh_rotterdam' }],
  ],
])('%s under a known key is refused, and nothing is written', async (_what, first, other) => {
  const key = randomUUID();
  await api.post(...first(), key);
  const { body } = await api.unchanged(() => api.post(...other(), key).expect(422));
  expect(body.code).toBe('idempotency_key_reused');
});

test('a repeated request gets the first answer, not the order of now', async () => {
  const key = randomUUID();
  const first = await post(key).expect(202);
  await api.setOrder(first.body.id, 'cancelled');
  const second = await post(key).expect(202);
  expect(second.body.status).toBe('pending');
});

test('a key is forgotten after its period, and within it answers as the first time', async () => {
  const key = randomUUID();
  const { body } = await post(key).expect(202);
  const orderAfter = async (days: number): Promise<unknown> => {
    await sql`update orders.idempotency set created_at = now() - make_interval(days => ${days})
      where key = ${key}`.execute(api.database);
    await strictRound(api.database);
    return (await post(key).expect(202)).body.id;
  };
  expect(await orderAfter(retentionPeriods.IDEMPOTENCY_KEY_RETENTION_DAYS - 1)).toBe(body.id);
  expect(await orderAfter(retentionPeriods.IDEMPOTENCY_KEY_RETENTION_DAYS + 1)).not.toBe(body.id);
});

test('two bodies that differ in member order and white space count as the same', async () => {
  const key = randomUUID();
  const body = anOrderRequest();
  const first = await post(key, body).expect(202);
  const reversed = Object.fromEntries(Object.entries(body).reverse());
  const second = await post(key, JSON.stringify(reversed, null, 4)).expect(202);
  expect(second.body.id).toBe(first.body.id);
});

test('a key whose first request still runs is refused, and nothing is written', async () => {
  const key = randomUUID();
  await api.unchanged(() =>
    whileKeyIsHeld(key, async () => {
      const { body, headers } = await post(key).expect(409);
      expect(body.code).toBe('idempotency_key_in_use');
      expect(headers['retry-after']).toBe('1');
    }),
  );
  await post(key).expect(202);
});

test('many requests with one key at once make one order', async () => {
  const key = randomUUID();
  const before = await rowCounts(api.database);

  const answers = await Promise.all(Array.from({ length: 20 }, () => post(key)));

  const accepted = answers.filter(({ status }) => status === 202);
  expect(accepted.length).toBeGreaterThan(0);
  expect(new Set(accepted.map(({ body }): unknown => body.id)).size).toBe(1);
  const others = answers.filter(({ status }) => status !== 202);
  expect(others.every(({ body }) => body.code === 'idempotency_key_in_use')).toBe(true);
  const after = await rowCounts(api.database);
  expect(after['orders.orders']! - before['orders.orders']!).toBe(1);
  expect(workflows.started).toHaveLength(1);
});

test('a key whose request was refused stays free', async () => {
  const key = randomUUID();
  await post(key, anOrderRequest({ currency: 'XXX' })).expect(422);
  await post(key).expect(202);
});

/** Does the work while another session is in the middle of accepting under the key. */
const whileKeyIsHeld = (key: string, work: () => Promise<void>) =>
  api.database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(transaction);
    await work();
  });

test.each(['orders.lines', 'orders.contacts', 'orders.timeline', 'orders.outbox'])(
  'a request that failed at %s left nothing, and its repetition under the same key makes one order',
  async (table) => {
    const key = randomUUID();
    await api.unchanged(() =>
      refusing(table, async () => {
        expect((await post(key)).status).toBeGreaterThanOrEqual(500);
      }),
    );
    expect(workflows.started).toEqual([]);

    const second = await post(key).expect(202);
    expect(second.headers['idempotency-replayed']).toBeUndefined();
    expect((await post(key).expect(202)).body).toEqual(second.body);
    expect(workflows.started).toHaveLength(1);
  },
);

/** While the work lasts the table takes no rows. */
async function refusing(table: string, work: () => Promise<void>): Promise<void> {
  const name = sql.table(table);
  await sql`alter table ${name} add constraint full_up check (false) not valid`.execute(
    api.database,
  );
  try {
    await work();
  } finally {
    await sql`alter table ${name} drop constraint full_up`.execute(api.database);
  }
}
