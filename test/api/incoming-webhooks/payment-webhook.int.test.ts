import { allRows } from '../../../src/db/database.js';
import { describe, expect, test } from 'vitest';
import {
  paymentSecret,
  placeOrder,
  rowCounts,
  stripeSignature,
  useTestApi,
} from '../../support/test-api.js';

const api = useTestApi();

const anEvent = (changes: object = {}, metadata: object | null = {}) =>
  JSON.stringify({
    id: 'evt_1',
    type: 'charge.refunded',
    created: 1_700_000_000,
    data: { object: { id: 'pi_1', metadata } },
    ...changes,
  });

const post = (body: string, signature = stripeSignature(body)) =>
  api.http
    .post('/webhooks/payments')
    .set({ 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': signature })
    .send(body);

const stored = () =>
  allRows(api.database)`
      select event_id, order_id, message from orders.incoming_webhooks
      where provider = 'payments' order by received_at`;

test('a payment event is stored once, however often it comes', async () => {
  const { id } = await placeOrder(api);
  const event = anEvent({ id: 'evt_once' }, { order_id: id });
  await post(event).expect(200, { received: true, duplicate: false });
  const before = await rowCounts(api.database);
  await post(event).expect(200, { received: true, duplicate: true });
  expect(await rowCounts(api.database)).toEqual(before);
  expect(await stored()).toEqual([{ event_id: 'evt_once', order_id: id, message: null }]);
});

test('a payment event that names no order of ours is stored without one', async () => {
  await post(anEvent({ id: 'evt_other' }, { order_id: 'x' })).expect(200);
  await post(anEvent({ id: 'evt_none' }, null)).expect(200);
  expect((await stored()).slice(-2)).toMatchObject([{ order_id: null }, { order_id: null }]);
});

describe('refuses and stores nothing', () => {
  const event = anEvent({ id: 'evt_bad' });
  const noPayment = anEvent({ type: 'payment_intent.succeeded', data: { object: { id: 'ch_1' } } });
  test.each([
    ['a forged event', event, stripeSignature(event, 0, 'whsec_wrong'), 401],
    ['an altered event', event.replace('pi_1', 'pi_2'), stripeSignature(event), 401],
    ['an old event', event, stripeSignature(event, 301), 401],
    ['an event from the future', event, stripeSignature(event, -600), 401],
    ['an event without a signature', event, '', 401],
    ['a duplicated signature', event, `${stripeSignature(event)}, ${stripeSignature(event)}`, 401],
    ['an empty body', '', stripeSignature('{}'), 401],
    ['signed text that is not JSON', 'hello', stripeSignature('hello'), 400],
    ['a signed event without an id', '{"type":"x"}', stripeSignature('{"type":"x"}'), 400],
    ['a signed report on no payment', noPayment, stripeSignature(noPayment), 400],
  ])('%s', async (_case, body, signature, status) => {
    const before = await rowCounts(api.database);
    const response = await post(body, signature).expect(status);
    expect(response.body.code).toBe(status === 401 ? 'signature_invalid' : 'malformed_request');
    expect(response.text).not.toContain(paymentSecret);
    expect(await rowCounts(api.database)).toEqual(before);
  });

  test('an event of more than 256 KiB', async () => {
    const body = anEvent({ note: 'x'.repeat(262_144) });
    await post(body).expect(413);
  });
});
