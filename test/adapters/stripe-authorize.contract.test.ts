import { expect, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import {
  amount,
  authorization,
  failureOf,
  kinds,
  newOrderId,
  twice,
  useTestProviders,
} from './harness.js';

const harness = useTestProviders();

test('authorizes the amount under the step’s key', async () => {
  const orderId = newOrderId();
  const answer = await harness.payments.authorize(authorization(orderId));
  expect(answer).toEqual({ kind: 'authorized', paymentId: expect.stringMatching(/^pi_/) });
  const { payments } = await harness.ledger(orderId);
  expect(payments).toMatchObject([
    {
      kind: 'authorize',
      amount: amount.amountMinor,
      currency: 'EUR',
      idempotency_key: `${orderId}:authorizePayment`,
    },
  ]);
});

test('answers a second call like the first, with one authorization', async () => {
  const orderId = newOrderId();
  const first = await harness.payments.authorize(authorization(orderId));
  const second = await harness.payments.authorize(authorization(orderId));
  expect(second).toEqual(first);
  expect(await harness.paid(orderId)).toEqual(['authorize']);
});

test('has one authorization when the answer was lost and the call is made again', async () => {
  const orderId = newOrderId();
  await harness.fault({
    service: 'payments',
    operation: 'authorize',
    kind: 'drop_response',
    order_id: orderId,
  });
  const lost = harness.payments.authorize(authorization(orderId));
  await expect(lost).rejects.toBeInstanceOf(ProviderUnavailable);
  const again = await harness.payments.authorize(authorization(orderId));
  expect(again.kind).toBe('authorized');
  expect(await harness.paid(orderId)).toEqual(['authorize']);
});

test.each([
  ['pm_card_visa_chargeDeclined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ['pm_card_visa_chargeDeclinedLostCard', 'lost_card'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
  ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
  ['pm_card_chargeDeclinedProcessingError', 'processing_error'],
  ['pm_card_authenticationRequired', 'authentication_required'],
])('reports %s as declined with %s, twice alike', async (paymentMethod, code) => {
  const request = authorization(newOrderId(), paymentMethod);
  expect(await twice(() => harness.payments.authorize(request))).toEqual({
    kind: 'declined',
    code,
  });
  expect(kinds((await harness.ledger(request.orderId)).payments)).toEqual(['decline']);
});

test('refuses an unknown payment method for good, and does not name it', async () => {
  const request = authorization(newOrderId(), 'pm_card_of_nobody');
  const failure = await failureOf(harness.payments.authorize(request));
  expect(failure).toBeInstanceOf(ProviderRefused);
  expect((failure as Error).message).toBe('payments: resource_missing (HTTP 400)');
});

test('is worth another try while the same key is still running', async () => {
  const orderId = newOrderId();
  await harness.fault({
    service: 'payments',
    operation: 'authorize',
    kind: 'delay',
    delay_ms: 1_500,
    order_id: orderId,
  });
  const answers = await Promise.allSettled([
    harness.payments.authorize(authorization(orderId)),
    harness.payments.authorize(authorization(orderId)),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(answers).toContainEqual({ status: 'rejected', reason: expect.any(ProviderUnavailable) });
  expect(await harness.paid(orderId)).toEqual(['authorize']);
});
