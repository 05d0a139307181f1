import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { unstartedOrders } from '../../src/api/start-order.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import {
  anOrderRequest,
  eventually,
  placeOrder,
  rowCounts,
  StandInWorkflows,
  startTestApi,
  timelineTypes,
  type TestApi,
} from './harness.js';

let api: TestApi;
const workflows = new StandInWorkflows();
beforeAll(async () => {
  api = await startTestApi(workflows);
});
beforeEach(() => {
  workflows.started.length = 0;
});
afterAll(() => api.stop());

const post = (body: object, headers: Record<string, string> = {}) =>
  api.http
    .post('/v1/orders')
    .set({ 'Idempotency-Key': randomUUID(), ...headers })
    .send(body);

const setStatus = (id: string, status: 'confirmed' | 'compensating' | 'rejected') =>
  api.database
    .updateTable('orders.orders')
    .set({ status })
    .where('id', '=', id as never)
    .execute();

it('answers 202 with the order and where it is', async () => {
  const { body, headers } = await post(anOrderRequest({ metadata: { channel: 'web' } })).expect(
    202,
  );
  expect(body).toEqual({
    id: expect.stringMatching(/^ord_[0-7][0-9a-z]{25}$/),
    object: 'order',
    status: 'pending',
    stage: 'reserve_inventory',
    since: body.created_at,
    payment_status: 'none',
    fulfillment_status: 'none',
    needs_attention: false,
    coordination: 'orchestrated',
    customer_id: 'cus_42',
    lines: [
      {
        sku: 'TEA-100',
        title: 'Green tea, 100 g',
        quantity: 2,
        unit_price: { amount: 890, currency: 'EUR' },
        seller_id: 'sel_leaf',
      },
    ],
    totals: {
      items: { amount: 1780, currency: 'EUR' },
      total: { amount: 1780, currency: 'EUR' },
    },
    shipments: [],
    metadata: { channel: 'web' },
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    version: 1,
    links: {
      self: `/v1/orders/${body.id}`,
      timeline: `/v1/orders/${body.id}/timeline`,
      cancel: `/v1/orders/${body.id}/cancel`,
      temporal: `http://127.0.0.1:8233/namespaces/default/workflows/${body.id}`,
    },
  });
  expect(headers['location']).toBe(`/v1/orders/${body.id}`);
});

it('is found again at its address, the same as it was answered', async () => {
  const { body } = await post(anOrderRequest()).expect(202);
  const read = await api.http.get(`/v1/orders/${body.id}`).expect(200);
  expect(read.body).toEqual(body);
});

it('stores key, order, lines, contact, timeline and event together', async () => {
  const before = await rowCounts(api.database);
  const { id } = await placeOrder(api, {
    lines: [
      { sku: 'TEA-100', quantity: 2 },
      { sku: 'MUG-200', quantity: 1 },
    ],
  });
  const after = await rowCounts(api.database);
  const added = Object.entries(after).filter(([name, count]) => count !== before[name]);
  expect(Object.fromEntries(added.map(([name, count]) => [name, count - before[name]!]))).toEqual({
    'orders.contacts': 1,
    'orders.idempotency': 1,
    'orders.lines': 2,
    'orders.orders': 1,
    'orders.outbox': 1,
    'orders.timeline': 1,
  });
  const timeline = await api.http.get(`/v1/orders/${id}/timeline`).expect(200);
  expect(timeline.body).toMatchObject({
    object: 'list',
    data: [{ sequence: 1, type: 'order.placed', total: { amount: 3230, currency: 'EUR' } }],
    has_more: false,
    next_cursor: null,
  });
});

it('lets the order be continued by the function that appends to its timeline', async () => {
  const { id } = await placeOrder(api);
  await sql`select orders.append(${id}, 'reserve', '[{"type":"inventory.reserved"}]', 1,
    '{"status":"processing"}')`.execute(api.database);
  expect(await timelineTypes(api, id)).toEqual(['order.placed', 'inventory.reserved']);
  const { body } = await api.http.get(`/v1/orders/${id}`).expect(200);
  expect(body).toMatchObject({ status: 'processing', version: 2 });
});

it('keeps contact data and the payment method out of every answer and out of the workflow', async () => {
  const { id } = await placeOrder(api);
  const [order, list, timeline] = await Promise.all([
    api.http.get(`/v1/orders/${id}`),
    api.http.get('/v1/orders'),
    api.http.get(`/v1/orders/${id}/timeline`),
  ]);
  const said = order.text + list.text + timeline.text + JSON.stringify(workflows.started);
  for (const secret of ['Ada', 'ada@', 'Main Street', '10115', '+4915', 'pm_card']) {
    expect(said).not.toContain(secret);
  }
});

it('starts the workflow once, with ids and amounts, and notes that it runs', async () => {
  const order = await placeOrder(api, { currency: 'USD' });
  expect(workflows.started).toEqual([
    {
      orderId: order.id,
      customerId: 'cus_42',
      member: true,
      lines: [{ sku: 'TEA-100', quantity: 2 }],
      total: { amountMinor: 1980, currency: 'USD' },
      placedAt: order.created_at,
      dispatch: 'local_first',
      serviceLevel: standardServiceLevel,
    },
  ]);
  expect(await unstartedOrders(api.database, 10, 0)).toEqual([]);
});

it('takes the dispatch of the order from the header', async () => {
  await post(anOrderRequest(), { 'X-Order-Dispatch': 'remote' }).expect(202);
  expect(workflows.started).toMatchObject([{ dispatch: 'remote' }]);
});

it('freezes the price at the moment of the order', async () => {
  const { id } = await placeOrder(api, { lines: [{ sku: 'POT-900', quantity: 1 }] });
  const price = api.database.updateTable('orders.prices').where('sku', '=', 'POT-900');
  await price.set({ unit_price_minor: 1 }).execute();
  const { body } = await api.http.get(`/v1/orders/${id}`);
  expect(body.totals.total.amount).toBe(4200);
});

it('takes an order at the limits', async () => {
  const key = `${'k'.repeat(254)}~`;
  const { body } = await post(
    anOrderRequest({
      lines: Array.from({ length: 200 }, () => ({ sku: 'TEA-100', quantity: 10_000 })),
      metadata: Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [`key ${n}`, 'é'.repeat(500)]),
      ),
    }),
    { 'Idempotency-Key': key },
  ).expect(202);
  expect(body.lines).toHaveLength(200);
  expect(body.totals.total.amount).toBe(890 * 10_000 * 200);
});

it('waits with Prefer: wait until the order is confirmed, then answers 201', async () => {
  const waiting = post(anOrderRequest(), { Prefer: 'respond-async, wait=20' }).then((r) => r);
  await eventually(() => workflows.started.length === 1);
  await setStatus(workflows.started[0]!.orderId, 'confirmed');
  const { status, body, headers } = await waiting;
  expect(status).toBe(201);
  expect(body.status).toBe('confirmed');
  expect(headers['preference-applied']).toBe('wait=20');
  expect(headers['location']).toBe(`/v1/orders/${body.id}`);
});

it('waits with Prefer: wait until the order has ended, not while it is being undone', async () => {
  let isAnswered = false;
  const waiting = post(anOrderRequest(), { Prefer: 'wait=20' }).then((response) => {
    isAnswered = true;
    return response;
  });
  await eventually(() => workflows.started.length === 1);
  const { orderId } = workflows.started[0]!;
  await setStatus(orderId, 'compensating');
  await aRoundOfWaiting();
  expect(isAnswered).toBe(false);

  await setStatus(orderId, 'rejected');
  const { status, body } = await waiting;
  expect([status, body.status]).toEqual([201, 'rejected']);
});

/** All waiting orders are looked at together: once another one is answered, all were looked at. */
async function aRoundOfWaiting(): Promise<void> {
  const other = post(anOrderRequest(), { Prefer: 'wait=20' }).then((response) => response);
  await eventually(() => workflows.started.length === 2);
  await setStatus(workflows.started[1]!.orderId, 'confirmed');
  expect((await other).status).toBe(201);
}

it('answers 202 when the wait ran out', async () => {
  const { body, headers } = await post(anOrderRequest(), { Prefer: 'wait=1' }).expect(202);
  expect(body.status).toBe('pending');
  expect(headers['preference-applied']).toBe('wait=1');
});

it('does not wait without a readable preference', async () => {
  const { headers } = await post(anOrderRequest(), { Prefer: 'wait=soon' }).expect(202);
  expect(headers['preference-applied']).toBeUndefined();
});
