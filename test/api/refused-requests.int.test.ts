import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { postgresReturns } from '../../src/adapters/postgres-returns.js';
import type { OrderId, ReturnId } from '../../src/domain/ids.js';
import { deliver } from '../support/delivered-order.js';
import { anOrderRequest, placeOrder, useTestApi } from '../support/test-api.js';
import { raiseAttention } from './attention-items.js';

const api = useTestApi();
const { workflows } = api;
const known: Record<string, string> = {};
/** The path with the ids of what there is. */
const here = (path: string) => path.replace(/\{(\w+)\}/g, (_all, name: string) => known[name]!);

/** An order that is new, one that was delivered, a return of it to be inspected, and an item. */
beforeAll(async () => {
  const { id } = await placeOrder(api);
  const { id: orderId } = await placeOrder(api);
  const parcels = [[{ sku: 'TEA-100', quantity: 2 }]];
  await deliver(api.database, orderId, { totalMinor: 1780, parcels });
  const asked = { order_id: orderId, lines: [{ ...tea, quantity: 2 }] };
  const { body } = await api.post('/v1/returns', asked, randomUUID()).expect(202);
  const returnId = body.id as ReturnId;
  await approve(orderId, returnId);
  const item = await raiseAttention(api, id, 'books_differ');
  Object.assign(known, { order: id, delivered: orderId, return: returnId, item });
});

const tea = { sku: 'TEA-100', quantity: 1, reason: 'damaged' };
const approve = (orderId: OrderId, returnId: ReturnId) =>
  postgresReturns(api.database).record({
    orderId,
    returnId,
    key: 'approval',
    facts: [{ type: 'return.approved', returnId, by: 'mia' }],
  });

const address = anOrderRequest().shipping_address;
const cancel = '/v1/orders/{order}/cancel';
const verify = '/v1/orders/{order}/verify';
const changeAddress = '/v1/orders/{order}/change-address';
const resolve = '/v1/attention/{item}/resolve';
const answer = { choice: 'waive', by: 'ops-1', note: 'the customer agreed' };
const receipts = '/v1/stock/TEA-100/receipts';
const returns = '/v1/returns';
const inspection = '/v1/returns/{return}/inspection';
const endpoints = '/v1/webhook-endpoints';
const url = 'http://127.0.0.1:9/hook';
const sentBack = (changes: object) => ({ lines: [{ ...tea, ...changes }] });
const found = (quantity: number, changes: object = {}) => ({
  sku: 'TEA-100',
  quantity,
  verdict: 'restock',
  ...changes,
});

test.each<[string, string, object, string]>([
  [cancel, 'no reason', {}, '/reason'],
  [cancel, 'a blank reason', { reason: ' ' }, '/reason'],
  [cancel, 'an e-mail address as name', { reason: 'x', requested_by: 'a@b.c' }, '/requested_by'],
  [cancel, 'an unknown member', { reason: 'x', force: true }, '/force'],
  ['/v1/orders/{order}/approve', 'no reason', {}, '/reason'],
  ['/v1/orders/{order}/reject', 'a blank reason', { reason: ' ' }, '/reason'],
  ['/v1/orders/{order}/approve', 'an e-mail as name', { reason: 'x', by: 'a@b.c' }, '/by'],
  [verify, 'neither code nor resend', {}, '/code'],
  [verify, 'code and resend', { code: '123456', resend: true }, '/code'],
  [verify, 'five digits', { code: '12345' }, '/code'],
  [verify, 'seven digits', { code: '1234567' }, '/code'],
  [verify, 'letters', { code: '12345x' }, '/code'],
  [verify, 'a number', { code: 123456 }, '/code'],
  [verify, 'a resend that is none', { resend: false }, '/resend'],
  ['/v1/orders/{order}/decide', 'another question', { decision: 'ask' }, '/decision'],
  ['/v1/orders/{order}/decide', 'no decision', {}, '/decision'],
  [
    '/v1/orders/{order}/retry-payment',
    'a card number',
    { payment_method: '4242 4242' },
    '/payment_method',
  ],
  [changeAddress, 'no address', {}, '/shipping_address'],
  [
    changeAddress,
    'a blank city',
    { shipping_address: { ...address, city: ' ' } },
    '/shipping_address/city',
  ],
  [
    changeAddress,
    'a country in words',
    { shipping_address: { ...address, country: 'Germany' } },
    '/shipping_address/country',
  ],
  [resolve, 'nobody', { ...answer, by: undefined }, '/by'],
  [resolve, 'an e-mail address as name', { ...answer, by: 'a@b.c' }, '/by'],
  [resolve, 'no note', { ...answer, note: '' }, '/note'],
  [resolve, 'an unknown member', { ...answer, force: true }, '/force'],
  [receipts, 'no quantity', {}, '/quantity'],
  [receipts, 'a quantity of zero', { quantity: 0 }, '/quantity'],
  [receipts, 'a negative quantity', { quantity: -5 }, '/quantity'],
  [receipts, 'half a unit', { quantity: 0.5 }, '/quantity'],
  [receipts, 'an absurd quantity', { quantity: 1_000_001 }, '/quantity'],
  [receipts, 'text for a quantity', { quantity: '5' }, '/quantity'],
  [receipts, 'an unknown warehouse', { quantity: 5, warehouse_id: 'wh_nowhere' }, '/warehouse_id'],
  [receipts, 'an unknown member', { quantity: 5, price: 1 }, '/price'],
  [returns, 'a negative quantity', sentBack({ quantity: -1 }), '/lines/0/quantity'],
  [returns, 'a quantity of zero', sentBack({ quantity: 0 }), '/lines/0/quantity'],
  [returns, 'a fraction', sentBack({ quantity: 1.5 }), '/lines/0/quantity'],
  [returns, 'a text for a quantity', sentBack({ quantity: '2' }), '/lines/0/quantity'],
  [returns, 'an unknown reason', sentBack({ reason: 'bored' }), '/lines/0/reason'],
  [returns, 'one SKU in two lines', { lines: [tea, tea] }, '/lines'],
  [returns, 'no lines', { lines: [] }, '/lines'],
  [inspection, 'more than was sent back', { lines: [found(3)] }, '/lines/0/quantity'],
  [
    inspection,
    'more in two lines together',
    { lines: [found(1), found(2, { verdict: 'scrap' })] },
    '/lines/1/quantity',
  ],
  [inspection, 'goods of another order', { lines: [found(1, { sku: 'MUG-200' })] }, '/lines/0/sku'],
  [inspection, 'a negative quantity', { lines: [found(-1)] }, '/lines/0/quantity'],
  [
    inspection,
    'an unknown verdict',
    { lines: [found(1, { verdict: 'keep' })] },
    '/lines/0/verdict',
  ],
  [endpoints, 'no address', {}, '/url'],
  [endpoints, 'an unknown type', { url, types: ['order.plced'] }, '/types/0'],
  [endpoints, 'all types', { url, types: ['*'] }, '/types/0'],
  [endpoints, 'a secret of its own', { url, secret: 'mine' }, '/secret'],
  [endpoints, 'a long description', { url, description: 'x'.repeat(201) }, '/description'],
])('POST %s with %s is refused, and nothing is written or asked', async (path, _what, sent, at) => {
  const around =
    path === returns ? { order_id: known['delivered'] } : path === inspection ? { by: 'w-7' } : {};
  const { body } = await api.unchanged(() =>
    api.post(here(path), { ...around, ...sent }, randomUUID()).expect(422),
  );
  const pointers = (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
  expect([...new Set(pointers)]).toEqual([at]);
  expect([...workflows.updates, ...workflows.returns]).toEqual([]);
});

test.each(['/v1/orders', returns, receipts])('POST %s needs a key', async (path) => {
  const { body } = await api.unchanged(() => api.post(path, anOrderRequest()).expect(400));
  expect(body.code).toBe('idempotency_key_missing');
});

const zeros = '0'.repeat(26);

test.each<[string, string, readonly string[], object?]>([
  ['/v1/orders/{id}', 'order', [`ord_${zeros}`, 'ord_1', 'nonsense', `ord_${zeros}%00`]],
  ['/v1/orders/{id}/timeline', 'order', [`ord_${zeros}`, 'ord_1', `ord_${zeros}%00`]],
  ['/v1/orders/{id}/events', 'order', [`ord_${zeros}`, 'nonsense']],
  ['/v1/orders/{id}/returns', 'order', [`ord_${zeros}`]],
  ['/v1/orders/{id}/cancel', 'order', [`ord_${zeros}`, 'nonsense'], { reason: 'x' }],
  ['/v1/orders/{id}/approve', 'order', [`ord_${zeros}`, 'nonsense'], { reason: 'x' }],
  ['/v1/orders/{id}/reject', 'order', [`ord_${zeros}`, 'nonsense'], { reason: 'x' }],
  ['/v1/orders/{id}/verify', 'order', [`ord_${zeros}`, 'nonsense'], { resend: true }],
  ['/v1/orders/{id}/decide', 'order', [`ord_${zeros}`, 'nonsense'], { decision: 'cancel' }],
  ['/v1/orders/{id}/retry-payment', 'order', [`ord_${zeros}`, 'x'], { payment_method: 'pm_1' }],
  ['/v1/orders/{id}/change-address', 'order', [`ord_${zeros}`], { shipping_address: address }],
  [`/v1/orders/ord_${zeros}/messages/{id}`, 'message', ['msg_1', '%00', 'x'.repeat(251)]],
  ['/v1/attention/{id}/resolve', 'attention', [`att_${zeros}`, 'nonsense'], answer],
  ['/v1/returns/{id}', 'return', [`ret_${zeros}`, 'nonsense']],
  ['/v1/returns/{id}/approve', 'return', [`ret_${zeros}`], { reason: 'x' }],
  ['/v1/returns/{id}/inspection', 'return', [`ret_${zeros}`], { by: 'w', lines: [found(1)] }],
  ['/v1/delivery-offers/{id}/accept', 'delivery_offer', [`off_${zeros}`, 'off_42', '%00'], {}],
  ['/v1/delivery-offers/{id}/decline', 'delivery_offer', [`off_${zeros}`, 'ord_x', '%00'], {}],
  ['/v1/delivery-partners/{id}/offers', 'delivery_partner', ['dp_nobody', '%00', 'a'.repeat(65)]],
  ['/v1/members/{id}/points', 'member', ['a%20b', '%00', 'x'.repeat(65)]],
  ['/v1/stock/{id}/receipts', 'sku', ['NOT-SOLD', 'x'.repeat(65), '%00'], { quantity: 1 }],
  ['/v1/events/{id}', 'event', [`evt_${zeros}_1`, 'evt_%00', `ord_${zeros}`]],
  ['/v1/event-schemas/order.placed/{id}', 'event_schema', ['2', '0', '01', '1.0', 'latest', '9e9']],
  ['/v1/event-schemas/{id}/1', 'event_schema', ['order.x', 'constructor', '__proto__', '%00']],
  ['/v1/dead-letters/{id}/replay', 'dead_letter', [`dlt_${zeros}`, `whd_${zeros}`, 'ord_1'], {}],
  ['/v1/dead-letters/{id}/discard', 'dead_letter', [`dlt_${zeros}`, 'dlt_x'], { reason: 'x' }],
  ['/v1/webhook-endpoints/{id}', 'webhook_endpoint', [`whe_${zeros}`, 'whe_1', '%27%3B%20drop']],
  [
    '/v1/webhook-endpoints/{id}',
    'webhook_endpoint',
    [`whe_${zeros}`, 'whe_1', '%27%3B%20drop'],
    {},
  ],
  ['/v1/webhook-endpoints/{id}/rotate-secret', 'webhook_endpoint', [`whe_${zeros}`, 'x'], {}],
  ['/v1/webhook-endpoints/{id}/deliveries', 'webhook_endpoint', [`whe_${zeros}`, 'x']],
  ['/v1/webhook-deliveries/{id}/resend', 'webhook_delivery', [`whd_${zeros}`, 'x'], {}],
])('%s without its %s is answered 404', async (path, what, ids, sent) => {
  for (const id of ids) {
    const at = path.replace('{id}', id);
    const { body } = await api.unchanged(() =>
      (sent ? api.post(at, sent, randomUUID()) : api.http.get(at)).expect(404),
    );
    expect(body).toMatchObject({ status: 404, code: `${what}_not_found` });
  }
  expect(workflows.updates).toEqual([]);
});

test.each([
  ['/v1/orders', 'limit', ['0', '101', 'ten']],
  ['/v1/orders', 'status', ['lost']],
  ['/v1/orders', 'starting_after', ['ord_1']],
  ['/v1/orders', 'needs_attention', ['maybe']],
  ['/v1/orders/{order}/timeline', 'starting_after', ['x']],
  ['/v1/orders/{order}/events', 'last_event_id', ['x']],
  ['/v1/attention', 'limit', ['0']],
  ['/v1/attention', 'owner', ['nobody']],
  ['/v1/attention', 'reason', ['boredom']],
  ['/v1/attention', 'open', ['maybe']],
  ['/v1/attention', 'starting_after', ['att_1']],
  ['/v1/dead-letters', 'limit', ['0']],
  ['/v1/dead-letters', 'starting_after', ['evt_1']],
  ['/v1/dead-letters', 'order_id', ['no-order']],
  ['/v1/delivery-partners/dp_harbor/offers', 'limit', ['0', '101']],
  ['/v1/delivery-partners/dp_harbor/offers', 'state', ['none']],
  ['/v1/delivery-partners/dp_harbor/offers', 'starting_after', ['off_1']],
  ['/v1/events', 'after', ['x', '1', cursor('log:-1'), cursor('log:01')]],
  ['/v1/events', 'limit', ['0', '501']],
  ['/v1/events', 'type', ['Order Placed']],
  ['/v1/events', 'order_id', ['ord_x']],
  ['/v1/members/cus_42/points', 'limit', ['0']],
  ['/v1/members/cus_42/points', 'starting_after', ['x']],
  ['/v1/reconciliations', 'starting_after', ['ord_1']],
])('GET %s refuses a wrong %s by its name', async (path, parameter, values) => {
  for (const query of [...values.map((value) => ({ [parameter]: value })), { colour: 'red' }]) {
    const { body } = await api.http.get(here(path)).query(query).expect(400);
    const errors = Object.keys(query).map((name) => ({ parameter: name }));
    expect(body).toMatchObject({ code: 'invalid_query', errors });
  }
});

test('a parameter that is given twice is refused', async () => {
  const { body } = await api.http.get('/v1/orders?limit=1&limit=2').expect(400);
  expect(body).toMatchObject({ code: 'invalid_query', errors: [{ parameter: 'limit' }] });
});

function cursor(text: string): string {
  return Buffer.from(text).toString('base64url');
}

test.each([
  ['delete', '/v1/orders', 'GET, HEAD, POST'],
  ['put', '/v1/orders/ord_1', 'GET, HEAD'],
  ['get', '/v1/orders/ord_1/cancel', 'POST'],
  ['get', '/webhooks/carrier', 'POST'],
  ['post', '/healthz', 'GET, HEAD'],
  ['trace', '/v1/stock', 'GET, HEAD'],
  ['options', '/v1/stock', 'GET, HEAD'],
  ['post', '/v1/events', 'GET, HEAD'],
  ['post', '/v1/event-schemas/order.placed/1', 'GET, HEAD'],
  ['put', '/v1/webhook-endpoints/whe_1', 'GET, HEAD, POST, DELETE'],
] as const)('%s %s is answered 405 with the allowed methods', async (method, path, allow) => {
  const { body, headers } = await api.http[method](path).expect(405);
  expect(body.code).toBe('method_not_allowed');
  expect(headers['allow']).toBe(allow);
});
