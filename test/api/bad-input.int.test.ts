import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { anOrderRequest, rowCounts, useTestApi, placeOrder } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
beforeAll(async () => {
  await sql`insert into orders.products values ('GOLD', 'Gold', 1, 'sel_leaf')`.execute(
    api.database,
  );
  await sql`insert into orders.prices values ('GOLD', 'EUR', 9000000000000)`.execute(api.database);
});

const post = (body: string | object, headers: Record<string, string> = {}) =>
  api.http
    .post('/v1/orders')
    .set({ 'Idempotency-Key': randomUUID(), 'Content-Type': 'application/json', ...headers })
    .send(body);

/** Sends it, and shows that nothing was written and nothing started. */
async function expectRefused(send: () => ReturnType<typeof post>, status: number, code: string) {
  const before = await rowCounts(api.database);
  const response = await send();
  expect(response.body).toMatchObject({ status, code, type: `urn:problem:durable-orders:${code}` });
  expect(response.status).toBe(status);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.body.request_id).toBe(response.headers['x-request-id']);
  expect(await rowCounts(api.database)).toEqual(before);
  expect(workflows.started).toEqual([]);
  return response;
}

const line = (changes: object) => ({ lines: [{ sku: 'TEA-100', quantity: 2, ...changes }] });
const customer = (changes: object) => ({ customer: { ...anOrderRequest().customer, ...changes } });
const address = (changes: object) => ({
  shipping_address: { ...anOrderRequest().shipping_address, ...changes },
});
const tea = { sku: 'TEA-100', quantity: 1 };

describe('a body with a mistake is refused and points at it', () => {
  test.each<[string, object, string]>([
    ['an unknown SKU', line({ sku: 'NOPE' }), '/lines/0/sku'],
    ['no price in the currency', { currency: 'JPY' }, '/lines/0/sku'],
    ['a quantity of zero', line({ quantity: 0 }), '/lines/0/quantity'],
    ['a negative quantity', line({ quantity: -1 }), '/lines/0/quantity'],
    ['a fractional quantity', line({ quantity: 1.5 }), '/lines/0/quantity'],
    ['a quantity in words', line({ quantity: '2' }), '/lines/0/quantity'],
    ['a huge quantity', line({ quantity: 10_001 }), '/lines/0/quantity'],
    ['no quantity', line({ quantity: null }), '/lines/0/quantity'],
    ['no lines', { lines: [] }, '/lines'],
    ['201 lines', { lines: Array.from({ length: 201 }, () => tea) }, '/lines'],
    [
      'the mistake in the third line',
      { lines: [tea, tea, { sku: 'X', quantity: 1 }] },
      '/lines/2/sku',
    ],
    ['a total that no order can hold', { lines: [{ sku: 'GOLD', quantity: 10_000 }] }, '/lines'],
    ['an unknown currency', { currency: 'XXX' }, '/currency'],
    ['a currency in small letters', { currency: 'eur' }, '/currency'],
    ['an unknown member', { coupon: 'FREE' }, '/coupon'],
    ['a price of the caller', line({ unit_price: 1 }), '/lines/0/unit_price'],
    ['a member that must be escaped', { 'a/b~c': 1 }, '/a~1b~0c'],
    ['no e-mail address', customer({ email: 'nobody' }), '/customer/email'],
    ['a phone number in words', customer({ phone: 'call me' }), '/customer/phone'],
    ['an e-mail address as customer id', customer({ id: 'ada@example.com' }), '/customer/id'],
    ['a zero byte', address({ city: 'Ber\u0000lin' }), '/shipping_address/city'],
    ['a line break in a name', customer({ name: 'Ada\r\nBcc: x@example.com' }), '/customer/name'],
    ['half of a surrogate pair', address({ line1: '\ud83d street' }), '/shipping_address/line1'],
    ['a blank city', address({ city: '   ' }), '/shipping_address/city'],
    ['a country in words', address({ country: 'Germany' }), '/shipping_address/country'],
    [
      '21 keys of metadata',
      { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`k${n}`, 'v'])) },
      '/metadata',
    ],
    [
      'a metadata value of 501 characters',
      { metadata: { note: 'x'.repeat(501) } },
      '/metadata/note',
    ],
    ['a metadata value that is no text', { metadata: { note: 1 } }, '/metadata/note'],
    ['a zero byte in metadata', { metadata: { note: '\u0000' } }, '/metadata/note'],
    ['another way to handle shortages', { shortage_policy: 'split' }, '/shortage_policy'],
    [
      'another way to handle failing shipments',
      { shipment_failure_policy: 'hope' },
      '/shipment_failure_policy',
    ],
    ['another way to handle lost parcels', { lost_parcel_policy: 'hope' }, '/lost_parcel_policy'],
    ['an unknown service level', { service_level: 'teleport' }, '/service_level'],
    ['an unknown discount code', { discount_code: 'NOPE' }, '/discount_code'],
    ['a discount code of another kind', { discount_code: 10 }, '/discount_code'],
    ['a country of the card in words', { billing_country: 'Germany' }, '/billing_country'],
    ['another way to send codes', { confirm_by: 'pigeon' }, '/confirm_by'],
    [
      'codes by sms without a phone',
      { confirm_by: 'sms', ...customer({ phone: undefined }) },
      '/customer/phone',
    ],
    ['another coordination', { coordination: 'by_hand' }, '/coordination'],
    ['no payment method', { payment_method: undefined }, '/payment_method'],
  ])('%s', async (_mistake, changes, pointer) => {
    const response = await expectRefused(
      () => post(anOrderRequest(changes)),
      422,
      'validation_failed',
    );
    expect(response.body.errors).toMatchObject([{ pointer }]);
  });

  test('a number beyond all numbers', async () => {
    const body = JSON.stringify(anOrderRequest()).replace('"quantity":2', '"quantity":1e309');
    const response = await expectRefused(() => post(body), 422, 'validation_failed');
    expect(response.body.errors).toMatchObject([{ pointer: '/lines/0/quantity' }]);
  });

  test('names at most fifty mistakes', async () => {
    const lines = Array.from({ length: 200 }, () => ({ sku: '', quantity: 0 }));
    const response = await expectRefused(
      () => post(anOrderRequest({ lines })),
      422,
      'validation_failed',
    );
    expect(response.body.errors).toHaveLength(50);
  });
});

describe('a request that cannot be read is refused', () => {
  test.each<[string, string, Record<string, string>, number, string]>([
    ['broken JSON', '{"customer":', {}, 400, 'malformed_request'],
    ['JSON that is no object', '42', {}, 400, 'malformed_request'],
    ['an empty body', '', {}, 422, 'validation_failed'],
    [
      'a form',
      'a=b',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    ['plain text', '{}', { 'Content-Type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['a compressed body', '{}', { 'Content-Encoding': 'gzip' }, 415, 'unsupported_media_type'],
    [
      'an unknown charset',
      '{}',
      { 'Content-Type': 'application/json; charset=koi8-r' },
      415,
      'unsupported_media_type',
    ],
    ['one mebibyte', JSON.stringify({ note: 'x'.repeat(1_048_576) }), {}, 413, 'body_too_large'],
  ])('%s', async (_mistake, body, headers, status, code) => {
    await expectRefused(() => post(body, headers), status, code);
  });
});

describe('a request with a wrong header is refused', () => {
  test('without an Idempotency-Key', async () => {
    const send = () => api.http.post('/v1/orders').send(anOrderRequest());
    await expectRefused(send, 400, 'idempotency_key_missing');
  });

  test.each([
    ['15 characters', 'x'.repeat(15)],
    ['256 characters', 'x'.repeat(256)],
    ['a letter that is not ASCII', `${'x'.repeat(20)}é`],
  ])('with an Idempotency-Key of %s', async (_mistake, key) => {
    const send = () => post(anOrderRequest(), { 'Idempotency-Key': key });
    await expectRefused(send, 400, 'idempotency_key_invalid');
  });
});

test.each([
  ['/v1/orders', 'limit', ['0', '101', 'ten']],
  ['/v1/orders', 'status', ['lost']],
  ['/v1/orders', 'starting_after', ['ord_1']],
  ['/v1/orders', 'needs_attention', ['maybe']],
  ['/v1/orders/{id}/timeline', 'starting_after', ['x']],
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
  const { id } = await placeOrder(api);
  const address = path.replace('{id}', id);
  for (const query of [...values.map((value) => ({ [parameter]: value })), { colour: 'red' }]) {
    const { body } = await api.http.get(address).query(query).expect(400);
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
