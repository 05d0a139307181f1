import { beforeAll, describe, expect, test } from 'vitest';
import { anOrderRequest, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows, postOrder } = api;
beforeAll(async () => {
  await api.run`insert into orders.products values ('GOLD', 'Gold', 1, 'sel_leaf')`;
  await api.run`insert into orders.prices values ('GOLD', 'EUR', 9000000000000)`;
});

/** Sends it, and shows that nothing was written and nothing started. @returns the errors */
async function refused(
  body: object | string,
  { status = 422, code = 'validation_failed', headers = {} },
): Promise<unknown> {
  const response = await api.unchanged(() => postOrder(body, headers).expect(status));
  expect(response.body).toMatchObject({
    status,
    code,
    type: `urn:problem:durable-orders:${code}`,
    request_id: response.headers['x-request-id'],
  });
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(workflows.started).toEqual([]);
  return response.body.errors;
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
    expect(await refused(anOrderRequest(changes), {})).toMatchObject([{ pointer }]);
  });

  test('a number beyond all numbers', async () => {
    const body = JSON.stringify(anOrderRequest()).replace('"quantity":2', '"quantity":1e309');
    expect(await refused(body, {})).toMatchObject([{ pointer: '/lines/0/quantity' }]);
  });

  test('names at most fifty mistakes', async () => {
    const lines = Array.from({ length: 200 }, () => ({ sku: '', quantity: 0 }));
    expect(await refused(anOrderRequest({ lines }), {})).toHaveLength(50);
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
    await refused(body, { status, code, headers });
  });
});

test.each([
  ['15 characters', 'x'.repeat(15)],
  ['256 characters', 'x'.repeat(256)],
  ['a letter that is not ASCII', `${'x'.repeat(20)}é`],
])('a request for an order with an Idempotency-Key of %s is refused', async (_mistake, key) => {
  const headers = { 'Idempotency-Key': key };
  await refused(anOrderRequest(), { status: 400, code: 'idempotency_key_invalid', headers });
});
