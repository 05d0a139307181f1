import { describe, expect, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import { newOrderId } from './own-database.js';
import { failureOf, twice, useTestProviders } from './providers.js';
import { amount, authorization, capturing, voiding } from './requests.js';

const providers = useTestProviders();

test('an authorization holds the amount under the key of its step, once however often it is asked', async () => {
  const orderId = newOrderId();
  expect(await twice(() => providers.payments.authorize(authorization(orderId)))).toEqual({
    kind: 'authorized',
    paymentId: expect.stringMatching(/^pi_/),
  });
  expect((await providers.ledger(orderId)).payments).toMatchObject([
    {
      kind: 'authorize',
      amount: amount.amountMinor,
      currency: 'EUR',
      idempotency_key: `${orderId}:authorizePayment`,
    },
  ]);
});

test('an authorization whose answer was lost is made once when it is asked for again', async () => {
  const orderId = newOrderId();
  await providers.fault('payments', 'authorize', 'drop_response', orderId);
  const lost = providers.payments.authorize(authorization(orderId));
  await expect(lost).rejects.toBeInstanceOf(ProviderUnavailable);
  expect((await providers.payments.authorize(authorization(orderId))).kind).toBe('authorized');
  expect(await providers.paid(orderId)).toEqual(['authorize 4200']);
});

test.each([
  ['pm_card_visa_chargeDeclined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ['pm_card_visa_chargeDeclinedLostCard', 'lost_card'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
  ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
  ['pm_card_chargeDeclinedProcessingError', 'processing_error'],
  ['pm_card_authenticationRequired', 'authentication_required'],
])('the card %s is declined with %s, twice alike', async (paymentMethod, code) => {
  const request = authorization(newOrderId(), paymentMethod);
  const declined = { kind: 'declined', code };
  expect(await twice(() => providers.payments.authorize(request))).toEqual(declined);
  expect(await providers.paid(request.orderId)).toEqual(['decline 4200']);
});

test('an unknown payment method is refused for good, and is not named', async () => {
  const request = authorization(newOrderId(), 'pm_card_of_nobody');
  const failure = await failureOf(providers.payments.authorize(request));
  expect(failure).toBeInstanceOf(ProviderRefused);
  expect((failure as Error).message).toBe('payments: resource_missing (HTTP 400)');
});

test('a second call may work later while the same key is still running', async () => {
  const orderId = newOrderId();
  await providers.fault('payments', 'authorize', 'delay', orderId, { delay_ms: 1_500 });
  const answers = await Promise.allSettled(
    [1, 2].map(() => providers.payments.authorize(authorization(orderId))),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(answers).toContainEqual({ status: 'rejected', reason: expect.any(ProviderUnavailable) });
  expect(await providers.paid(orderId)).toEqual(['authorize 4200']);
});

async function asked(orderId: OrderId): Promise<string> {
  const card = 'pm_card_authenticationRequired';
  const request = authorization(orderId, card, { interactive: true });
  const answer = await providers.payments.authorize(request);
  if (answer.kind !== 'requires_action') throw new Error(`expected a question: ${answer.kind}`);
  return answer.paymentId;
}

describe('a card whose bank asks the customer', () => {
  test('waits for the answer, twice alike, and holds no money yet', async () => {
    const orderId = newOrderId();
    const paymentId = await twice(() => asked(orderId));
    const waiting = { kind: 'requires_action', paymentId };
    expect(await providers.payments.find(paymentId)).toEqual(waiting);
    expect(await providers.paid(orderId)).toEqual([]);
  });

  test.each([
    ['succeed', (paymentId: string) => ({ kind: 'authorized', paymentId })],
    ['fail', () => ({ kind: 'declined', code: 'authentication_required' })],
  ])('is found with the answer of the customer: %s', async (outcome, answer) => {
    const paymentId = await asked(newOrderId());
    await providers.upon(paymentId, 'authenticate', { outcome });
    expect(await providers.payments.find(paymentId)).toEqual(answer(paymentId));
  });

  test('takes no answer once the order has given up', async () => {
    const orderId = newOrderId();
    const paymentId = await asked(orderId);
    await providers.payments.voidAuthorization(voiding(orderId));
    const canceled = { kind: 'declined', code: 'canceled' };
    expect(await providers.payments.find(paymentId)).toEqual(canceled);
    const answer = providers.upon(paymentId, 'authenticate', { outcome: 'succeed' });
    expect(await answer).toMatchObject({ status: 404 });
    expect(await providers.paid(orderId)).toEqual([]);
  });
});

describe('a second authorization of an order', () => {
  const second = (orderId: OrderId) => ({ idempotencyKey: `${orderId}:authorizePayment:2` });

  test('after a declined one is a payment of its own', async () => {
    const orderId = newOrderId();
    await providers.payments.authorize(authorization(orderId, 'pm_card_visa_chargeDeclined'));
    const paymentId = await providers.authorized(orderId, second(orderId));
    await providers.payments.capture(capturing(orderId, paymentId));
    expect(await providers.paid(orderId)).toEqual([
      'decline 4200',
      'authorize 4200',
      'capture 4200',
    ]);
  });

  test('is given back together with the first by one void', async () => {
    const orderId = newOrderId();
    await asked(orderId);
    const paymentId = await providers.authorized(orderId, second(orderId));
    const request = voiding(orderId, second(orderId).idempotencyKey);
    expect(await providers.payments.voidAuthorization(request)).toEqual({ kind: 'undone' });
    expect((await providers.payments.find(paymentId)).kind).toBe('declined');
    expect(await providers.paid(orderId)).toEqual(['authorize 4200', 'void 4200']);
  });
});

describe('a payment that comes after its order has given up', () => {
  const late = (orderId: OrderId, paymentId: string) => ({
    orderId,
    paymentId,
    idempotencyKey: `${orderId}:settleLate:${paymentId}`,
  });

  test('is voided once when it is authorized', async () => {
    const orderId = newOrderId();
    const paymentId = await asked(orderId);
    await providers.upon(paymentId, 'authenticate', { outcome: 'succeed' });
    const request = late(orderId, paymentId);
    expect(await twice(() => providers.payments.settleLate(request))).toEqual({ kind: 'undone' });
    expect(await providers.paid(orderId)).toEqual(['authorize 4200', 'void 4200']);
  });

  test('is refunded once when it is captured', async () => {
    const orderId = newOrderId();
    const request = late(orderId, await providers.captured(orderId));
    const refunded = { kind: 'refunded', amount };
    expect(await twice(() => providers.payments.settleLate(request))).toEqual(refunded);
    expect((await providers.paid(orderId)).at(-1)).toBe('refund 4200');
  });

  test('can no longer be paid when the customer had refused', async () => {
    const orderId = newOrderId();
    const paymentId = await asked(orderId);
    await providers.upon(paymentId, 'authenticate', { outcome: 'fail' });
    const settled = await providers.payments.settleLate(late(orderId, paymentId));
    expect(settled).toEqual({ kind: 'nothing_to_undo' });
    const canceled = { kind: 'declined', code: 'canceled' };
    expect(await providers.payments.find(paymentId)).toEqual(canceled);
  });

  test('is left alone when it belongs to another order', async () => {
    const orderId = newOrderId();
    const request = late(newOrderId(), await providers.authorized(orderId));
    await expect(providers.payments.settleLate(request)).rejects.toBeInstanceOf(ProviderRefused);
    expect(await providers.paid(orderId)).toEqual(['authorize 4200']);
  });
});
