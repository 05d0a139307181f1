import { beforeEach, expect, test, describe } from 'vitest';
import type { OrderId } from '../../src/domain/ids.js';
import {
  anOrderRequest,
  placeOrder,
  rowCounts,
  useTestApi,
  codeSecret,
} from '../support/test-api.js';
import { codeDigest } from '../../src/db/code-digest.js';

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

const verify = (code: string) => api.http.post(`/v1/orders/${id}/verify`).send({ code });

describe('a one-time code', () => {
  test('is sent as a digest that is of worth for this order alone', async () => {
    workflows.updateAnswer = () => ({ kind: 'done', result: { kind: 'verified' } });
    const { body } = await verify('123456').expect(200);
    expect(body).toEqual({ result: 'verified' });
    const { id: other } = await placeOrder(api);
    expect(workflows.updates[0]!.argument).toEqual({
      digest: codeDigest(codeSecret, id, '123456'),
    });
    expect(codeDigest(codeSecret, id, '123456')).not.toBe(codeDigest(codeSecret, other, '123456'));
    expect(codeDigest(codeSecret, id, '123456')).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(workflows.updates)).not.toContain('123456');
  });

  test.each([
    [{ kind: 'wrong', triesLeft: 2 }, 422, { code: 'code_wrong', tries_left: 2 }],
    [{ kind: 'expired' }, 409, { code: 'code_expired' }],
    [{ kind: 'exhausted' }, 409, { code: 'code_exhausted' }],
    [{ kind: 'no_more_codes' }, 409, { code: 'no_more_codes' }],
  ])('that is %o answers %i', async (result, status, members) => {
    workflows.updateAnswer = () => ({ kind: 'done', result });
    const { body } = await verify('123456').expect(status);
    expect(body).toMatchObject(members);
    expect(JSON.stringify(body)).not.toContain('123456');
  });
});
