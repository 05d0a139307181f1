import { describe, expect, test } from 'vitest';
import { allRows } from '../../../src/db/database.js';
import {
  paymentSecret,
  placeOrder,
  stripeSignature,
  useTestApi,
  timelineTypes,
} from '../../support/test-api.js';
import type { Fact } from '../../../src/domain/facts.js';
import { money } from '../../../src/domain/money.js';

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
  api
    .post('/webhooks/payments', body)
    .set({ 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': signature });

const stored = () =>
  allRows(api.database)`
      select id, order_id, state from orders.messages where id like 'payment:%' order by created_at`;

test('a payment event is stored once, however often it comes', async () => {
  const { id } = await placeOrder(api);
  const event = anEvent({ id: 'evt_once' }, { order_id: id });
  await post(event).expect(200, { received: true, duplicate: false });
  const again = await api.unchanged(() => post(event).expect(200));
  expect(again.body).toEqual({ received: true, duplicate: true });
  expect(await stored()).toEqual([{ id: 'payment:evt_once', order_id: id, state: 'taken' }]);
});

test('a payment event that names no order of ours is stored without one', async () => {
  await post(anEvent({ id: 'evt_other' }, { order_id: 'x' })).expect(200);
  await post(anEvent({ id: 'evt_none' }, null)).expect(200);
  expect((await stored()).slice(-2)).toMatchObject([{ order_id: null }, { order_id: null }]);
});

describe('a payment event is refused and not stored when it is', () => {
  const event = anEvent({ id: 'evt_bad' });
  const noPayment = anEvent({ type: 'payment_intent.succeeded', data: { object: { id: 'ch_1' } } });
  test.each([
    ['forged', event, stripeSignature(event, 0, 'whsec_wrong'), 401],
    ['old', event, stripeSignature(event, 301), 401],
    ['empty', '', stripeSignature('{}'), 401],
    ['text and not JSON', 'hello', stripeSignature('hello'), 400],
    ['without an id', '{"type":"x"}', stripeSignature('{"type":"x"}'), 400],
    ['a report on no payment', noPayment, stripeSignature(noPayment), 400],
  ])('%s', async (_case, body, signature, status) => {
    const response = await api.unchanged(() => post(body, signature).expect(status));
    expect(response.body.code).toBe(status === 401 ? 'signature_invalid' : 'malformed_request');
    expect(response.text).not.toContain(paymentSecret);
  });

  test('larger than 256 KiB', async () => {
    const body = anEvent({ note: 'x'.repeat(262_144) });
    await post(body).expect(413);
  });
});

/** An order that was delivered and paid with this payment. */
async function paidWith(paymentId: string) {
  const { id } = await placeOrder(api);
  const paid: Fact = { type: 'payment.authorized', paymentId, amount: money(1_780, 'EUR') };
  await api.write(id, [paid], { status: 'delivered', stage: 'done' });
  return id;
}

const dispute = (eventId: string, disputeId: string, changes: object = {}) =>
  JSON.stringify({
    id: eventId,
    type: 'charge.dispute.created',
    created: Math.floor(Date.now() / 1_000),
    data: { object: { ...aDispute, id: disputeId, ...changes } },
  });
const aDispute = { amount: 700, currency: 'eur', charge: 'ch_1', metadata: {} };

const accepted = (body: string) => post(body).expect(200);

const items = (orderId: string) =>
  allRows(api.database)`
      select reason, subject, owner, exposure_minor, currency, choices
      from orders.attention where order_id = ${orderId}`;

test('a dispute is recorded in its order’s timeline and raises one attention item', async () => {
  const orderId = await paidWith('pi_disputed');
  const event = dispute('evt_dispute_1', 'du_1', { payment_intent: 'pi_disputed' });
  expect((await accepted(event)).body).toEqual({ received: true, duplicate: false });
  expect((await accepted(event)).body).toEqual({ received: true, duplicate: true });
  await accepted(dispute('evt_dispute_2', 'du_1', { payment_intent: 'pi_disputed' }));
  const types = await timelineTypes(api, orderId);
  expect(types.slice(-2)).toEqual(['payment.disputed', 'attention.raised']);
  expect(types.filter((type) => type === 'payment.disputed')).toHaveLength(1);
  expect(await items(orderId)).toEqual([
    {
      reason: 'payment_disputed',
      subject: 'du_1',
      owner: 'payments',
      exposure_minor: 700,
      currency: 'EUR',
      choices: ['mark_done', 'waive'],
    },
  ]);
  const order = await api.read(`/v1/orders/${orderId}`);
  expect(order).toMatchObject({ status: 'delivered', needs_attention: true });
});

test.each([
  ['of a payment that is not ours', { payment_intent: 'pi_of_nobody' }],
  ['of no payment', { payment_intent: null }],
  ['in a currency that we do not sell in', { payment_intent: 'pi_quiet', currency: 'xyz' }],
])('a dispute that is %s is stored without effect', async (_case, changes) => {
  const orderId = await paidWith('pi_quiet');
  const before = await timelineTypes(api, orderId);
  const eventId = `evt_${JSON.stringify(changes).length}`;
  for (const duplicate of [false, true]) {
    const { body } = await accepted(dispute(eventId, 'du_2', changes));
    expect(body).toEqual({ received: true, duplicate });
  }
  expect(await timelineTypes(api, orderId)).toEqual(before);
  expect(await items(orderId)).toEqual([]);
});
