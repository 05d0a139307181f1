import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { authorization, failureOf, startHarness, type Harness } from './harness.js';
import { waitFor } from '../support/wait-for.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 60_000);
afterAll(() => harness.stop());

interface Event {
  readonly type: string;
  readonly data: { readonly object: Record<string, unknown> };
}

/** The webhook of this type about this payment. */
const told = (type: string, paymentId: string) =>
  waitFor(`${type} of ${paymentId}`, () => {
    const isAboutIt = ({ object }: Event['data']) =>
      object['id'] === paymentId || object['payment_intent'] === paymentId;
    const events = harness.received.map(({ body }) => JSON.parse(body.toString()) as Event);
    return events.find((event) => event.type === type && isAboutIt(event.data)) ?? false;
  });

const booked = async (orderId: string) =>
  (await harness.ledger(orderId)).payments.map(({ kind, amount }) => [kind, amount]);

const upon = (id: string, what: string, body: object = {}) =>
  harness.control('POST', `payments/${id}/${what}`, body);

const create = (orderId: string, changes: Parameters<typeof authorization>[1] = {}) =>
  harness.stripe.paymentIntents.create(authorization(orderId, changes));

const inParts = {
  payment_method_options: { card: { request_multicapture: 'if_available' as const } },
};

describe('the customer whom the bank asks', () => {
  const card = { payment_method: 'pm_card_authenticationRequired' };

  test.each([
    ['succeed', 'payment_intent.amount_capturable_updated', 'requires_capture'],
    ['fail', 'payment_intent.payment_failed', 'requires_payment_method'],
  ])('is waited for, and the shop hears what he does: %s', async (outcome, type, status) => {
    const intent = await create(`ord_asked_${outcome}`, card);
    expect(intent).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk' },
    });
    await upon(intent.id, 'authenticate', { outcome });
    const { data } = await told(type, intent.id);
    expect(data.object).toMatchObject({ status, metadata: { order_id: `ord_asked_${outcome}` } });
    expect((await upon(intent.id, 'authenticate', { outcome })).status).toBe(404);
  });
});

describe('an authorization that runs out', () => {
  test('is canceled, told, and cannot be captured', async () => {
    const { id } = await create('ord_expired');
    const { body } = await upon(id, 'expire');
    expect(body).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
    await told('payment_intent.canceled', id);
    const error = await failureOf(harness.stripe.paymentIntents.capture(id));
    expect(error).toMatchObject({ statusCode: 400, code: 'charge_expired_for_capture' });
    expect(await booked('ord_expired')).toEqual([
      ['authorize', 2_500],
      ['void', 2_500],
    ]);
    expect((await upon(id, 'expire')).status).toBe(404);
  });

  test('keeps the part that was captured before', async () => {
    const { id } = await create('ord_expired_part', inParts);
    const part = { amount_to_capture: 1_000, final_capture: false };
    await harness.stripe.paymentIntents.capture(id, part);
    const { body } = await upon(id, 'expire');
    expect(body).toMatchObject({ status: 'succeeded', amount_received: 1_000 });
    await told('payment_intent.succeeded', id);
    expect((await booked('ord_expired_part')).at(-1)).toEqual(['void', 1_500]);
  });
});

describe('a dispute', () => {
  test('names its payment, bears no metadata and is told', async () => {
    const { id, latest_charge: charge } = await create('ord_dispute', {
      capture_method: 'automatic',
    });
    const { body } = await upon(id, 'dispute', { amount: 700 });
    const { data } = await told('charge.dispute.created', id);
    expect(data.object).toEqual(body);
    expect(data.object).toMatchObject({
      id: expect.stringMatching(/^du_/),
      object: 'dispute',
      amount: 700,
      currency: 'eur',
      charge,
      payment_intent: id,
      metadata: {},
    });
  });

  test('is over all that was captured unless said otherwise', async () => {
    const { id } = await create('ord_dispute_all', { capture_method: 'automatic' });
    expect((await upon(id, 'dispute')).body).toMatchObject({ amount: 2_500 });
  });

  test('needs a capture', async () => {
    const { id } = await create('ord_dispute_none');
    expect((await upon(id, 'dispute')).status).toBe(404);
  });
});

describe('capturing in parts', () => {
  test('is refused where it was not asked for', async () => {
    const { id } = await create('ord_once');
    const part = { amount_to_capture: 1_000, final_capture: false };
    await expect(harness.stripe.paymentIntents.capture(id, part)).rejects.toMatchObject({
      statusCode: 400,
      param: 'final_capture',
    });
  });

  test('ends with a capture of nothing, which releases the rest', async () => {
    const { id } = await create('ord_release', inParts);
    const part = { amount_to_capture: 1_000, final_capture: false };
    await harness.stripe.paymentIntents.capture(id, part);
    const rest = { amount_to_capture: 0, final_capture: true };
    expect(await harness.stripe.paymentIntents.capture(id, rest)).toMatchObject({
      status: 'succeeded',
      amount_received: 1_000,
      amount_capturable: 0,
    });
    expect((await booked('ord_release')).slice(1)).toEqual([
      ['capture', 1_000],
      ['void', 1_500],
    ]);
  });
});

test('keeps what a capture and an update write on a payment, beside what was there', async () => {
  const { id } = await create('ord_metadata');
  await harness.stripe.paymentIntents.update(id, { metadata: { note: 'a', mark: 'b' } });
  const captured = await harness.stripe.paymentIntents.capture(id, {
    metadata: { part: '1', note: '' },
  });
  expect(captured.metadata).toEqual({ order_id: 'ord_metadata', mark: 'b', part: '1' });
});

test('lists payments with their charge and its refunds when asked to', async () => {
  const { id, created } = await create('ord_expanded', { capture_method: 'automatic' });
  const { id: refundId } = await harness.stripe.refunds.create({ payment_intent: id, amount: 300 });
  const { data } = await harness.stripe.paymentIntents.list({
    created: { gte: created },
    expand: ['data.latest_charge.refunds'],
    limit: 1,
  });
  expect(data[0]).toMatchObject({
    id,
    latest_charge: {
      amount_captured: 2_500,
      amount_refunded: 300,
      refunds: { data: [{ id: refundId, balance_transaction: expect.stringMatching(/^txn_/) }] },
    },
  });
});
