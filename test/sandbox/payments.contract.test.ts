import { describe, expect, test } from 'vitest';

import { waitFor } from '../support/wait-for.js';
import { failureOf, useTestSandbox } from './test-sandbox.js';

const sandbox = useTestSandbox();

const inParts = {
  payment_method_options: { card: { request_multicapture: 'if_available' as const } },
};
const automatic = { capture_method: 'automatic' as const };
const part = { amount_to_capture: 1_000, final_capture: false };

const captured = async (orderId: string) => (await sandbox.authorize(orderId, automatic)).id;

const byHand = (id: string, what: string, body: object = {}) =>
  sandbox.control('POST', `payments/${id}/${what}`, body);

interface Event {
  readonly type: string;
  readonly data: { readonly object: Record<string, unknown> };
}

/** The webhook of this type about this payment. */
const webhook = (type: string, paymentId: string) =>
  waitFor(`${type} of ${paymentId}`, () => {
    const events = sandbox.about(paymentId).map(({ body }) => JSON.parse(String(body)) as Event);
    return events.find((event) => event.type === type) ?? false;
  });

describe('authorizing', () => {
  test.each(['pm_card_visa', 'pm_card_mastercard', 'pm_card_amex'])('accepts %s', async (card) => {
    expect(await sandbox.authorize('ord_ok', { payment_method: card })).toMatchObject({
      status: 'requires_capture',
      amount: 2_500,
      amount_capturable: 2_500,
      amount_received: 0,
      currency: 'eur',
      payment_method: card,
      metadata: { order_id: 'ord_ok' },
    });
  });

  test('captures at once when the capture method is automatic', async () => {
    const intent = await sandbox.authorize('ord_auto', automatic);
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 2_500 });
    expect(await sandbox.paid('ord_auto')).toEqual(['authorize 2500', 'capture 2500']);
  });

  test('lets another card pay what the first one could not', async () => {
    const card = 'pm_card_visa_chargeDeclined';
    const declined = await failureOf(sandbox.authorize('ord_second', { payment_method: card }));
    const paid = await sandbox.intents.confirm(declined.payment_intent.id, {
      payment_method: 'pm_card_visa',
    });
    expect(paid).toMatchObject({ status: 'requires_capture', last_payment_error: null });
  });
});

describe('a card whose bank asks the customer', () => {
  const card = { payment_method: 'pm_card_authenticationRequired' };

  test.each([
    ['succeed', 'payment_intent.amount_capturable_updated', 'requires_capture'],
    ['fail', 'payment_intent.payment_failed', 'requires_payment_method'],
  ])('waits for the answer %s, and a webhook reports it', async (outcome, type, status) => {
    const orderId = `ord_asked_${outcome}`;
    const intent = await sandbox.authorize(orderId, card);
    expect(intent).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk' },
    });
    const { body } = await byHand(intent.id, 'authenticate', { outcome });
    expect(body).toMatchObject({ id: intent.id, status });
    const { data } = await webhook(type, intent.id);
    expect(data.object).toMatchObject({ status, metadata: { order_id: orderId } });
    expect((await byHand(intent.id, 'authenticate', { outcome })).status).toBe(404);
  });

  test.each([{ error_on_requires_action: true }, { off_session: true }])(
    'is declined when the customer is absent: %o',
    async (parameters) => {
      const create = sandbox.authorize('ord_3ds_off', { ...card, ...parameters });
      const code = 'authentication_required';
      await expect(create).rejects.toMatchObject({ type: 'StripeCardError', code });
    },
  );
});

describe('capturing', () => {
  test('is possible several times where that was asked for, and takes the rest without an amount', async () => {
    const { id } = await sandbox.authorize('ord_multi', inParts);
    const open = { status: 'requires_capture', amount_capturable: 1_500 };
    expect(await sandbox.intents.capture(id, part)).toMatchObject(open);
    const whole = { status: 'succeeded', amount_received: 2_500 };
    expect(await sandbox.intents.capture(id)).toMatchObject(whole);
  });
});

test('cancelling books nothing when there was no authorization', async () => {
  const { id } = await sandbox.authorize('ord_unconfirmed', { confirm: false });
  expect((await sandbox.intents.cancel(id)).status).toBe('canceled');
  expect(await sandbox.paid('ord_unconfirmed')).toEqual([]);
});

describe('an authorization that expires', () => {
  test('is canceled, reported by a webhook, and cannot be captured', async () => {
    const { id } = await sandbox.authorize('ord_expired');
    const { body } = await byHand(id, 'expire');
    expect(body).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
    await webhook('payment_intent.canceled', id);
    const refused = { statusCode: 400, code: 'charge_expired_for_capture' };
    await expect(sandbox.intents.capture(id)).rejects.toMatchObject(refused);
    expect(await sandbox.paid('ord_expired')).toEqual(['authorize 2500', 'void 2500']);
    expect((await byHand(id, 'expire')).status).toBe(404);
  });

  test('keeps the part that was captured before', async () => {
    const { id } = await sandbox.authorize('ord_expired_part', inParts);
    await sandbox.intents.capture(id, part);
    const { body } = await byHand(id, 'expire');
    expect(body).toMatchObject({ status: 'succeeded', amount_received: 1_000 });
    await webhook('payment_intent.succeeded', id);
    expect((await sandbox.paid('ord_expired_part')).at(-1)).toBe('void 1500');
  });
});

describe('refunding', () => {
  test('gives money back in parts until nothing is left', async () => {
    const id = await captured('ord_refund');
    const first = await sandbox.refunds.create({ payment_intent: id, amount: 1_000 });
    expect(first).toMatchObject({ amount: 1_000, status: 'succeeded', payment_intent: id });
    expect((await sandbox.refunds.create({ payment_intent: id })).amount).toBe(1_500);
    await expect(sandbox.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    const { data } = await sandbox.refunds.list({ payment_intent: id });
    expect(data.map(({ amount }) => amount)).toEqual([1_500, 1_000]);
  });

  test('finds the payment by its charge', async () => {
    const id = await captured('ord_charge');
    const { latest_charge: charge } = await sandbox.intents.retrieve(id);
    const refund = await sandbox.refunds.create({ charge: charge as string });
    expect(refund.payment_intent).toBe(id);
  });
});

type Attempt = () => Promise<unknown>;
const unexpectedState = { code: 'payment_intent_unexpected_state' };

test.each<[string, Attempt, object]>([
  [
    'an amount that is not a positive integer',
    () => sandbox.authorize('ord_zero', { amount: 0 }),
    { statusCode: 400, param: 'amount' },
  ],
  [
    'a capture in parts where it was not asked for',
    async () => sandbox.intents.capture((await sandbox.authorize('ord_once')).id, part),
    { statusCode: 400, param: 'final_capture' },
  ],
  [
    'a capture above what was authorized',
    async () => {
      const { id } = await sandbox.authorize('ord_more');
      return sandbox.intents.capture(id, { amount_to_capture: 2_501 });
    },
    { statusCode: 400, param: 'amount_to_capture' },
  ],
  [
    'a capture of a payment that is not authorized, with its state',
    async () => sandbox.intents.capture(await captured('ord_twice')),
    { ...unexpectedState, payment_intent: { status: 'succeeded' } },
  ],
  [
    'a capture of a payment that does not exist',
    () => sandbox.intents.capture('pi_none'),
    { statusCode: 404, code: 'resource_missing' },
  ],
  [
    'the cancel of a captured payment',
    async () => sandbox.intents.cancel(await captured('ord_late')),
    { statusCode: 400, ...unexpectedState },
  ],
  [
    'a refund above what was captured',
    async () => {
      const payment_intent = await captured('ord_refund_more');
      return sandbox.refunds.create({ payment_intent, amount: 2_501 });
    },
    { statusCode: 400, param: 'amount' },
  ],
  [
    'a refund of a payment of which nothing was captured',
    async () => {
      const { id } = await sandbox.authorize('ord_refund_early');
      return sandbox.refunds.create({ payment_intent: id });
    },
    { statusCode: 400 },
  ],
])('the payment provider refuses %s', async (_what, attempt, refusal) => {
  expect(await failureOf(attempt())).toMatchObject(refusal);
});
