import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { authorization, failureOf, startHarness, type Harness } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 60_000);
afterAll(() => harness.stop());

describe('authorizing', () => {
  test.each(['pm_card_visa', 'pm_card_mastercard', 'pm_card_amex'])('accepts %s', async (card) => {
    const intent = await harness.stripe.paymentIntents.create(
      authorization('ord_ok', { payment_method: card }),
    );
    expect(intent).toMatchObject({
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
    const intent = await harness.stripe.paymentIntents.create(
      authorization('ord_auto', { capture_method: 'automatic' }),
    );
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 2_500 });
    const { payments } = await harness.ledger('ord_auto');
    expect(payments.map(({ kind }) => kind)).toEqual(['authorize', 'capture']);
  });

  test.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', ''],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', ''],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', ''],
  ])('declines %s with %s', async (card, code, declineCode) => {
    const create = harness.stripe.paymentIntents.create(
      authorization(`ord_${card}`, { payment_method: card }),
    );
    const error = await failureOf(create);
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code });
    expect(error.decline_code).toBe(declineCode);
    expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method' });
    const { payments } = await harness.ledger(`ord_${card}`);
    expect(payments).toMatchObject([{ kind: 'decline', amount: 2_500, currency: 'EUR' }]);
  });

  test('lets another card pay what the first one could not', async () => {
    const declined = await failureOf(
      harness.stripe.paymentIntents.create(
        authorization('ord_second', { payment_method: 'pm_card_visa_chargeDeclined' }),
      ),
    );
    const id = declined.payment_intent.id;
    const paid = await harness.stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
    });
    expect(paid).toMatchObject({ status: 'requires_capture', last_payment_error: null });
  });

  test('refuses a payment method that does not exist and keeps nothing', async () => {
    const create = harness.stripe.paymentIntents.create(
      authorization('ord_unknown', { payment_method: 'pm_card_unknown' }),
    );
    await expect(create).rejects.toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      message: "No such PaymentMethod: 'pm_card_unknown'",
    });
    expect((await harness.ledger('ord_unknown')).payments).toEqual([]);
  });

  test('refuses an amount that is no positive integer', async () => {
    const create = harness.stripe.paymentIntents.create(authorization('ord_zero', { amount: 0 }));
    await expect(create).rejects.toMatchObject({ statusCode: 400, param: 'amount' });
  });

  test('refuses a request without a key', async () => {
    const response = await fetch(`${harness.sandbox.url}/v1/payment_intents`);
    expect(response.status).toBe(401);
  });
});

describe('authentication', () => {
  const card = { payment_method: 'pm_card_authenticationRequired' };

  test('waits for the customer, who may succeed', async () => {
    const intent = await harness.stripe.paymentIntents.create(authorization('ord_3ds', card));
    expect(intent.status).toBe('requires_action');
    const { body } = await harness.control('POST', `payments/${intent.id}/authenticate`, {
      outcome: 'succeed',
    });
    expect(body).toMatchObject({ id: intent.id, status: 'requires_capture' });
  });

  test('waits for the customer, who may fail', async () => {
    const intent = await harness.stripe.paymentIntents.create(authorization('ord_3ds_no', card));
    const { body } = await harness.control('POST', `payments/${intent.id}/authenticate`, {
      outcome: 'fail',
    });
    expect(body).toMatchObject({ status: 'requires_payment_method' });
  });

  test.each([{ error_on_requires_action: true }, { off_session: true }])(
    'is a decline when nobody is there: %o',
    async (parameters) => {
      const create = harness.stripe.paymentIntents.create(
        authorization('ord_3ds_off', { ...card, ...parameters }),
      );
      await expect(create).rejects.toMatchObject({
        type: 'StripeCardError',
        code: 'authentication_required',
      });
    },
  );
});

describe('capturing', () => {
  test('takes the whole authorization when no amount is given', async () => {
    const { id } = await harness.stripe.paymentIntents.create(authorization('ord_whole'));
    const captured = await harness.stripe.paymentIntents.capture(id);
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 2_500 });
  });

  test('releases what a final capture leaves', async () => {
    const { id } = await harness.stripe.paymentIntents.create(authorization('ord_part'));
    const captured = await harness.stripe.paymentIntents.capture(id, { amount_to_capture: 2_000 });
    expect(captured).toMatchObject({ amount_received: 2_000, amount_capturable: 0 });
    const { payments } = await harness.ledger('ord_part');
    expect(payments).toMatchObject([
      { kind: 'authorize', amount: 2_500 },
      { kind: 'capture', amount: 2_000 },
      { kind: 'void', amount: 500 },
    ]);
  });

  test('captures several times where that was asked for', async () => {
    const options = { card: { request_multicapture: 'if_available' as const } };
    const { id } = await harness.stripe.paymentIntents.create(
      authorization('ord_multi', { payment_method_options: options }),
    );
    const first = await harness.stripe.paymentIntents.capture(id, {
      amount_to_capture: 1_000,
      final_capture: false,
    });
    expect(first).toMatchObject({ status: 'requires_capture', amount_capturable: 1_500 });
    const second = await harness.stripe.paymentIntents.capture(id);
    expect(second).toMatchObject({ status: 'succeeded', amount_received: 2_500 });
  });

  test('refuses more than was authorized', async () => {
    const { id } = await harness.stripe.paymentIntents.create(authorization('ord_more'));
    const capture = harness.stripe.paymentIntents.capture(id, { amount_to_capture: 2_501 });
    await expect(capture).rejects.toMatchObject({ statusCode: 400, param: 'amount_to_capture' });
  });

  test('refuses a payment that is not authorized, and says its state', async () => {
    const { id } = await harness.stripe.paymentIntents.create(authorization('ord_twice'));
    await harness.stripe.paymentIntents.capture(id);
    const error = await failureOf(harness.stripe.paymentIntents.capture(id));
    expect(error.code).toBe('payment_intent_unexpected_state');
    expect(error.payment_intent.status).toBe('succeeded');
  });

  test('answers 404 for a payment that does not exist', async () => {
    const capture = harness.stripe.paymentIntents.capture('pi_none');
    await expect(capture).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });
});

describe('cancelling', () => {
  test('gives the authorization back', async () => {
    const { id } = await harness.stripe.paymentIntents.create(authorization('ord_void'));
    const canceled = await harness.stripe.paymentIntents.cancel(id);
    expect(canceled).toMatchObject({ status: 'canceled', amount_capturable: 0 });
    const { payments } = await harness.ledger('ord_void');
    expect(payments.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['authorize', 2_500],
      ['void', 2_500],
    ]);
  });

  test('books nothing when there was no authorization', async () => {
    const { id } = await harness.stripe.paymentIntents.create(
      authorization('ord_unconfirmed', { confirm: false }),
    );
    expect((await harness.stripe.paymentIntents.cancel(id)).status).toBe('canceled');
    expect((await harness.ledger('ord_unconfirmed')).payments).toEqual([]);
  });

  test('refuses a captured payment', async () => {
    const { id } = await harness.stripe.paymentIntents.create(authorization('ord_late'));
    await harness.stripe.paymentIntents.capture(id);
    await expect(harness.stripe.paymentIntents.cancel(id)).rejects.toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
    });
  });
});

describe('refunding', () => {
  const captured = async (orderId: string) => {
    const { id } = await harness.stripe.paymentIntents.create(authorization(orderId));
    await harness.stripe.paymentIntents.capture(id);
    return id;
  };

  test('gives money back in parts until nothing is left', async () => {
    const id = await captured('ord_refund');
    const first = await harness.stripe.refunds.create({ payment_intent: id, amount: 1_000 });
    expect(first).toMatchObject({ amount: 1_000, status: 'succeeded', payment_intent: id });
    const rest = await harness.stripe.refunds.create({ payment_intent: id });
    expect(rest.amount).toBe(1_500);
    await expect(harness.stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    const { data } = await harness.stripe.refunds.list({ payment_intent: id });
    expect(data.map(({ amount }) => amount)).toEqual([1_500, 1_000]);
  });

  test('finds the payment by its charge', async () => {
    const id = await captured('ord_charge');
    const { latest_charge: charge } = await harness.stripe.paymentIntents.retrieve(id);
    const refund = await harness.stripe.refunds.create({ charge: charge as string });
    expect(refund.payment_intent).toBe(id);
  });

  test('refuses more than was captured', async () => {
    const id = await captured('ord_refund_more');
    const refund = harness.stripe.refunds.create({ payment_intent: id, amount: 2_501 });
    await expect(refund).rejects.toMatchObject({ statusCode: 400, param: 'amount' });
  });

  test('refuses a payment of which nothing was captured', async () => {
    const { id } = await harness.stripe.paymentIntents.create(authorization('ord_refund_early'));
    await expect(harness.stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});

describe('looking up', () => {
  test('searches payments by their metadata and state', async () => {
    const { id } = await harness.stripe.paymentIntents.create(authorization('ord_search'));
    const query = "metadata['order_id']:'ord_search' AND status:'requires_capture'";
    const { data } = await harness.stripe.paymentIntents.search({ query });
    expect(data.map((intent) => intent.id)).toEqual([id]);
    const none = await harness.stripe.paymentIntents.search({
      query: "metadata['order_id']:'ord_search' AND status:'succeeded'",
    });
    expect(none.data).toEqual([]);
  });

  test('lists payments newest first, page by page', async () => {
    const older = await harness.stripe.paymentIntents.create(authorization('ord_list'));
    const newer = await harness.stripe.paymentIntents.create(authorization('ord_list'));
    const created = { gte: older.created };
    const first = await harness.stripe.paymentIntents.list({ created, limit: 1 });
    expect(first.data[0]?.id).toBe(newer.id);
    expect(first.has_more).toBe(true);
    const second = await harness.stripe.paymentIntents.list({
      created,
      limit: 1,
      starting_after: newer.id,
    });
    expect(second.data[0]?.id).toBe(older.id);
    const future = await harness.stripe.paymentIntents.list({
      created: { gte: newer.created + 3_600 },
    });
    expect(future.data).toEqual([]);
  });
});
