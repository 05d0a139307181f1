import { beforeEach, expect, test } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import { anOrderRequest, placeOrder, rowCounts, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let id: OrderId;
beforeEach(async () => {
  ({ id } = await placeOrder(api));
});

const address = anOrderRequest().shipping_address;

test.each<[string, string, object, string]>([
  ['approve', 'no reason', {}, '/reason'],
  ['reject', 'a blank reason', { reason: ' ' }, '/reason'],
  ['approve', 'an e-mail address as name', { reason: 'x', by: 'a@b.c' }, '/by'],
  ['verify', 'neither code nor resend', {}, '/code'],
  ['verify', 'code and resend', { code: '123456', resend: true }, '/code'],
  ['verify', 'five digits', { code: '12345' }, '/code'],
  ['verify', 'seven digits', { code: '1234567' }, '/code'],
  ['verify', 'letters', { code: '12345x' }, '/code'],
  ['verify', 'a number', { code: 123456 }, '/code'],
  ['verify', 'a resend that is none', { resend: false }, '/resend'],
  ['decide', 'another question', { decision: 'ask' }, '/decision'],
  ['decide', 'no decision', {}, '/decision'],
  ['retry-payment', 'a card number', { payment_method: '4242 4242' }, '/payment_method'],
  ['change-address', 'no address', {}, '/shipping_address'],
  [
    'change-address',
    'a blank city',
    { shipping_address: { ...address, city: ' ' } },
    '/shipping_address/city',
  ],
  [
    'change-address',
    'a country in words',
    { shipping_address: { ...address, country: 'Germany' } },
    '/shipping_address/country',
  ],
])('%s refuses %s and does not ask', async (action, _mistake, body, pointer) => {
  const before = await rowCounts(api.database);
  const response = await api.http.post(`/v1/orders/${id}/${action}`).send(body).expect(422);
  expect(response.body.errors).toMatchObject([{ pointer }]);
  expect(workflows.updates).toEqual([]);
  expect(await rowCounts(api.database)).toEqual(before);
});
