import { allRows } from '../../../src/db/database.js';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Fact } from '../../../src/domain/facts.js';
import { money } from '../../../src/domain/money.js';
import { placeOrder, stripeSignature, timelineTypes, useTestApi } from '../../support/test-api.js';

const api = useTestApi();

/** An order that was delivered and paid with this payment. */
async function paidWith(paymentId: string) {
  const { id } = await placeOrder(api);
  const facts: readonly Fact[] = [
    { type: 'payment.authorized', paymentId, amount: money(1_780, 'EUR') },
  ];
  await sql`select from orders.append(${id}, 'authorizePayment', ${JSON.stringify(facts)}, null,
    '{"status": "delivered", "stage": "done"}')`.execute(api.database);
  return id;
}

const dispute = (eventId: string, disputeId: string, changes: object = {}) =>
  JSON.stringify({
    id: eventId,
    type: 'charge.dispute.created',
    created: Math.floor(Date.now() / 1_000),
    data: {
      object: {
        id: disputeId,
        amount: 700,
        currency: 'eur',
        charge: 'ch_1',
        metadata: {},
        ...changes,
      },
    },
  });

const post = (body: string) =>
  api.http
    .post('/webhooks/payments')
    .set({ 'Content-Type': 'application/json', 'Stripe-Signature': stripeSignature(body) })
    .send(body)
    .expect(200);

const items = (orderId: string) =>
  allRows(api.database)`
      select reason, subject, owner, exposure_minor, currency, choices
      from orders.attention where order_id = ${orderId}`;

test('a dispute is recorded in its order’s timeline and raises one attention item', async () => {
  const orderId = await paidWith('pi_disputed');
  const event = dispute('evt_dispute_1', 'du_1', { payment_intent: 'pi_disputed' });
  expect((await post(event)).body).toEqual({ received: true, duplicate: false });
  expect((await post(event)).body).toEqual({ received: true, duplicate: true });
  await post(dispute('evt_dispute_2', 'du_1', { payment_intent: 'pi_disputed' }));
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
  const { body } = await api.http.get(`/v1/orders/${orderId}`).expect(200);
  expect(body).toMatchObject({ status: 'delivered', needs_attention: true });
});

test.each([
  ['of a payment that is not ours', { payment_intent: 'pi_of_nobody' }],
  ['of no payment', { payment_intent: null }],
  ['in a currency that we do not sell in', { payment_intent: 'pi_quiet', currency: 'xyz' }],
])('a dispute that is %s is stored without effect', async (_case, changes) => {
  const orderId = await paidWith('pi_quiet');
  const before = await timelineTypes(api, orderId);
  const eventId = `evt_${JSON.stringify(changes).length}`;
  expect((await post(dispute(eventId, 'du_2', changes))).body).toMatchObject({ duplicate: false });
  expect((await post(dispute(eventId, 'du_2', changes))).body).toMatchObject({ duplicate: true });
  expect(await timelineTypes(api, orderId)).toEqual(before);
  expect(await items(orderId)).toEqual([]);
});
