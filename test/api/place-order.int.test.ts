import { beforeEach, describe, expect, test } from 'vitest';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { orderInputOf, startOrder, unstartedOrders } from '../../src/temporal/starts.js';
import { defaultPolicy } from '../../src/domain/policy.js';
import { placed } from '../../src/domain/order-state.js';
import { nothingToVerify } from '../../src/domain/risk.js';
import { serviceLevels, standardServiceLevel } from '../../src/domain/service-level.js';
import { anOrderRequest, away, placeOrder, rowCounts, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows, postOrder } = api;

test('an accepted order is answered 202 with its body and address', async () => {
  const request = anOrderRequest({ metadata: { channel: 'web' } });
  const { body, headers } = await postOrder(request).expect(202);
  expect(body).toEqual({
    id: expect.stringMatching(/^ord_[0-7][0-9a-z]{25}$/),
    object: 'order',
    status: 'pending',
    stage: 'reserve_inventory',
    since: body.created_at,
    payment_status: 'none',
    fulfillment_status: 'none',
    needs_attention: false,
    attention: [],
    coordination: 'orchestrated',
    customer_id: 'cus_42',
    lines: [
      {
        sku: 'TEA-100',
        title: 'Green tea, 100 g',
        quantity: 2,
        unit_price: { amount: 890, currency: 'EUR' },
        amount: { amount: 1780, currency: 'EUR' },
        seller_id: 'sel_leaf',
      },
    ],
    totals: {
      items: { amount: 1780, currency: 'EUR' },
      discount: { amount: 0, currency: 'EUR' },
      shipping: { amount: 0, currency: 'EUR' },
      dropped: { amount: 0, currency: 'EUR' },
      tax_included: { amount: 284, currency: 'EUR' },
      total: { amount: 1780, currency: 'EUR' },
    },
    discount_code: null,
    service_level: 'standard',
    shortage_policy: 'cancel',
    shipment_failure_policy: 'refund_shipment',
    lost_parcel_policy: 'refund',
    points_at: 'confirmed',
    verification: { approval: [], code: [] },
    shipments: [],
    metadata: { channel: 'web' },
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    version: 1,
    links: {
      self: `/v1/orders/${body.id}`,
      timeline: `/v1/orders/${body.id}/timeline`,
      cancel: `/v1/orders/${body.id}/cancel`,
      change_address: `/v1/orders/${body.id}/change-address`,
      temporal: `http://127.0.0.1:8233/namespaces/default/workflows/${body.id}`,
    },
  });
  expect(headers['location']).toBe(`/v1/orders/${body.id}`);
});

test('an accepted order stores key, order, lines, contact, timeline and event together', async () => {
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
  expect(await api.read(`/v1/orders/${id}/timeline`)).toMatchObject({
    object: 'list',
    data: [{ sequence: 1, type: 'order.placed', total: { amount: 3230, currency: 'EUR' } }],
    has_more: false,
    next_cursor: null,
  });
});

test('contact data and the payment method are in no answer and in no workflow', async () => {
  const { id } = await placeOrder(api);
  const paths = [`/v1/orders/${id}`, '/v1/orders', `/v1/orders/${id}/timeline`];
  const answers = await Promise.all(paths.map(api.read));
  const said = JSON.stringify([...answers, workflows.started]);
  for (const secret of ['Ada', 'ada@', 'Main Street', '10115', '+4915', 'pm_card']) {
    expect(said).not.toContain(secret);
  }
});

test('an accepted order starts its workflow once, with ids and amounts', async () => {
  const order = await placeOrder(api, { currency: 'USD' });
  expect(workflows.started).toEqual([
    {
      orderId: order.id,
      customerId: 'cus_42',
      member: true,
      lines: [{ sku: 'TEA-100', quantity: 2, amount: { amountMinor: 1980, currency: 'USD' } }],
      shipping: { amountMinor: 0, currency: 'USD' },
      total: { amountMinor: 1980, currency: 'USD' },
      placedAt: order.created_at,
      policy: defaultPolicy,
      verification: nothingToVerify,
      codeChannel: 'email',
      serviceLevel: standardServiceLevel,
    },
  ]);
});

test('an order counts as started from its workflow’s first change on, whatever else is written', async () => {
  const { id } = await placeOrder(api);
  const isUnstarted = async () =>
    (await unstartedOrders(api.database, 100, 0)).some(({ orderId }) => orderId === id);
  const journal = postgresJournal(api.database);
  await journal.append({ orderId: id, key: 'mail', facts: [{ type: 'confirmation.sent' }] });
  expect(await isUnstarted()).toBe(true);
  const change = { revision: 1, state: { ...placed, status: 'awaiting_approval' } } as const;
  await journal.append({ orderId: id, key: 'first', facts: [], change });
  expect(await isUnstarted()).toBe(false);
});

test('policies, service level and code channel come from the request', async () => {
  const policies = {
    shortage_policy: 'ask',
    shipment_failure_policy: 'undo_order',
    lost_parcel_policy: 'reship',
    service_level: 'demo',
  };
  const { id } = await placeOrder(api, { ...policies, confirm_by: 'sms' });
  expect(workflows.started).toMatchObject([
    {
      policy: {
        shortage: 'ask',
        shipmentFailure: 'undo_order',
        lostParcel: 'reship',
        pointsAt: 'confirmed',
      },
      codeChannel: 'sms',
      serviceLevel: serviceLevels.demo,
    },
  ]);
  expect(await api.read(`/v1/orders/${id}`)).toMatchObject(policies);
});

test('an order keeps the prices of its moment', async () => {
  const { id } = await placeOrder(api, { lines: [{ sku: 'POT-900', quantity: 1 }] });
  await api.run`update orders.prices set unit_price_minor = 1 where sku = 'POT-900'`;
  expect(await api.read(`/v1/orders/${id}`)).toMatchObject({ totals: { total: { amount: 4200 } } });
});

test('an order at the limits of every member is accepted', async () => {
  const key = `${'k'.repeat(254)}~`;
  const { body } = await postOrder(
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

describe('while Temporal is away', () => {
  beforeEach(() => api.run`update orders.orders set started_at = now() where started_at is null`);

  const startLater = async () => {
    for (const input of await unstartedOrders(api.database, 100, 0)) {
      await startOrder(api.database, workflows, input);
    }
  };

  test.each(['started', 'already_started'] as const)(
    'an order is accepted, counts as not started, and is %s later with the same input',
    async (kind) => {
      workflows.startAnswer = { kind: 'not_started', cause: away };
      const { id } = await placeOrder(api);
      const [tried] = workflows.started;
      await startLater();
      expect(await unstartedOrders(api.database, 10, 0)).toEqual([tried]);
      expect(await orderInputOf(api.database, id)).toEqual(tried);

      workflows.startAnswer = { kind };
      await startLater();
      expect(workflows.started).toEqual([tried, tried, tried]);
      expect(await unstartedOrders(api.database, 10, 0)).toEqual([]);
    },
  );

  test('unstarted orders are listed the oldest first, without those that their request may still start', async () => {
    workflows.startAnswer = { kind: 'not_started', cause: away };
    const ids = [(await placeOrder(api)).id, (await placeOrder(api)).id];
    const listed = async (limit: number, ageMs: number) =>
      (await unstartedOrders(api.database, limit, ageMs)).map(({ orderId }) => orderId);
    expect(await listed(10, 60_000)).toEqual([]);
    expect(await listed(10, 0)).toEqual(ids);
    expect(await listed(1, 0)).toEqual(ids.slice(0, 1));
  });

  test('an order that does not exist has no workflow input', async () => {
    expect(await orderInputOf(api.database, 'ord_00000000000000000000000000')).toBeUndefined();
  });
});
