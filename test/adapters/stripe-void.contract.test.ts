import { expect, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import { stripePayments } from '../../src/adapters/stripe.js';
import {
  amount,
  authorization,
  authorized,
  capturing,
  failureOf,
  newOrderId,
  refunding,
  twice,
  useTestProviders,
  voiding,
} from './harness.js';
import { startProvider } from './scripted-provider.js';
import { waitFor } from '../support/wait-for.js';

const harness = useTestProviders();

const paymentFault = (orderId: string, operation: string, kind: string, more: object = {}) =>
  harness.fault({ service: 'payments', operation, kind, order_id: orderId, ...more });

test('voids an authorization once, however often it is called', async () => {
  const orderId = newOrderId();
  await authorized(harness, orderId);
  expect(await twice(() => harness.payments.voidAuthorization(voiding(orderId)))).toEqual({
    kind: 'undone',
  });
  expect(await harness.paid(orderId)).toEqual(['authorize', 'void']);
});

test('finds nothing before any authorization, twice alike, and moves no money', async () => {
  const orderId = newOrderId();
  const nothing = { kind: 'nothing_to_undo' };
  expect(await twice(() => harness.payments.voidAuthorization(voiding(orderId)))).toEqual(nothing);
  expect((await harness.ledger(orderId)).payments).toEqual([]);
});

test('bars an authorization that comes after it', async () => {
  const orderId = newOrderId();
  await harness.payments.voidAuthorization(voiding(orderId));
  const late = harness.payments.authorize(authorization(orderId));
  await expect(late).rejects.toThrow(ProviderRefused);
  await expect(late).rejects.toThrow('fenced');
  expect((await harness.ledger(orderId)).payments).toEqual([]);
});

test('waits while the authorization is running, then voids it', async () => {
  const orderId = newOrderId();
  await paymentFault(orderId, 'authorize', 'delay', { delay_ms: 1_500 });
  const running = harness.payments.authorize(authorization(orderId));
  await waitFor('the authorization', async () => {
    const { payments } = await harness.ledger(orderId);
    return payments.length > 0;
  });
  const tooEarly = harness.payments.voidAuthorization(voiding(orderId));
  await expect(tooEarly).rejects.toBeInstanceOf(ProviderUnavailable);
  expect((await running).kind).toBe('authorized');
  expect(await harness.payments.voidAuthorization(voiding(orderId))).toEqual({ kind: 'undone' });
  expect(await harness.paid(orderId)).toEqual(['authorize', 'void']);
});

test('voids an authorization whose answer was lost', async () => {
  const orderId = newOrderId();
  await paymentFault(orderId, 'authorize', 'drop_response');
  await expect(harness.payments.authorize(authorization(orderId))).rejects.toThrow();
  expect(await harness.payments.voidAuthorization(voiding(orderId))).toEqual({ kind: 'undone' });
  expect(await harness.paid(orderId)).toEqual(['authorize', 'void']);
});

test('voids once when the answer of the void is lost', async () => {
  const orderId = newOrderId();
  await authorized(harness, orderId);
  await paymentFault(orderId, 'void', 'drop_response');
  const lost = harness.payments.voidAuthorization(voiding(orderId));
  await expect(lost).rejects.toBeInstanceOf(ProviderUnavailable);
  expect(await harness.payments.voidAuthorization(voiding(orderId))).toEqual({ kind: 'undone' });
  expect(await harness.paid(orderId)).toEqual(['authorize', 'void']);
});

test('finds nothing behind a decline, twice alike', async () => {
  const orderId = newOrderId();
  await harness.payments.authorize(authorization(orderId, 'pm_card_visa_chargeDeclined'));
  const nothing = { kind: 'nothing_to_undo' };
  expect(await twice(() => harness.payments.voidAuthorization(voiding(orderId)))).toEqual(nothing);
  expect(await harness.paid(orderId)).toEqual(['decline']);
});

test('refunds a capture that nobody remembers, once', async () => {
  const orderId = newOrderId();
  const paymentId = await authorized(harness, orderId);
  await harness.payments.capture(capturing(orderId, paymentId));
  const refunded = { kind: 'refunded', amount };
  expect(await twice(() => harness.payments.voidAuthorization(voiding(orderId)))).toEqual(refunded);
  expect(await harness.paid(orderId)).toEqual(['authorize', 'capture', 'refund']);
});

test('finds nothing where the capture was refunded already', async () => {
  const orderId = newOrderId();
  const paymentId = await authorized(harness, orderId);
  await harness.payments.capture(capturing(orderId, paymentId));
  await harness.payments.refund(refunding(orderId, paymentId));
  expect(await harness.payments.voidAuthorization(voiding(orderId))).toEqual({
    kind: 'nothing_to_undo',
  });
  expect(await harness.paid(orderId)).toEqual(['authorize', 'capture', 'refund']);
});

test('asks for time when an authorization was sent and left no trace, then finds nothing', async () => {
  const orderId = newOrderId();
  await paymentFault(orderId, 'authorize', 'refuse');
  await expect(harness.payments.authorize(authorization(orderId))).rejects.toThrow(ProviderRefused);
  const early = await failureOf(harness.payments.voidAuthorization(voiding(orderId)));
  expect(early).toBeInstanceOf(ProviderUnavailable);
  expect((early as ProviderUnavailable).retryAfterMs).toBeGreaterThan(0);
  const later = harness.paymentsWith({ settleAfterMs: 0 });
  expect(await later.voidAuthorization(voiding(orderId))).toEqual({ kind: 'nothing_to_undo' });
  expect((await harness.ledger(orderId)).payments).toEqual([]);
});

test('voids an authorization that only the list knows, as the search lags', async () => {
  const orderId = newOrderId();
  const intent = {
    id: 'pi_listed',
    object: 'payment_intent',
    status: 'requires_capture',
    amount_received: 0,
    last_payment_error: null,
    metadata: { order_id: orderId },
  };
  const provider = await startProvider((request) => {
    if (request === 'POST /v1/payment_intents') {
      return { status: 400, body: { error: { type: 'idempotency_error', message: 'other' } } };
    }
    if (request === 'GET /v1/payment_intents/search') {
      return { status: 200, body: { object: 'search_result', data: [], has_more: false } };
    }
    if (request === 'GET /v1/payment_intents') {
      const others = { ...intent, id: 'pi_other', metadata: { order_id: newOrderId() } };
      return { status: 200, body: { object: 'list', data: [others, intent], has_more: false } };
    }
    return { status: 200, body: { ...intent, status: 'canceled' } };
  });
  const payments = stripePayments({ apiKey: 'sk_x', apiUrl: provider.url, timeoutMs: 2_000 });
  expect(await payments.voidAuthorization(voiding(orderId))).toEqual({ kind: 'undone' });
  expect(provider.requests.filter((request) => request.endsWith('/cancel'))).toEqual([
    'POST /v1/payment_intents/pi_listed/cancel',
  ]);
  await provider.stop();
});

test('voids an authorization older than the provider’s memory of keys', async () => {
  const orderId = newOrderId();
  await authorized(harness, orderId);
  const forgotten = { ...voiding(orderId), authorizationKey: `${orderId}:forgotten` };
  expect(await harness.payments.voidAuthorization(forgotten)).toEqual({ kind: 'undone' });
  expect(await harness.paid(orderId)).toEqual(['authorize', 'void']);
});
