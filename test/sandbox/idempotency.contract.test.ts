import { afterAll, beforeAll, expect, test } from 'vitest';

import { authorization, failureOf, startHarness, type Harness } from './harness.js';
import { waitFor } from '../support/wait-for.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const authorize = (orderId: string, idempotencyKey: string, changes = {}) =>
  harness.stripe.paymentIntents.create(authorization(orderId, changes), { idempotencyKey });

test('answers a known key with the first answer and says so', async () => {
  const first = await authorize('ord_replay', 'ord_replay:authorize');
  const second = await authorize('ord_replay', 'ord_replay:authorize');
  expect(second).toEqual(first);
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect((await harness.ledger('ord_replay')).payments).toHaveLength(1);
});

test('repeats a decline under its key, whatever faults are gone by then', async () => {
  await harness.fault({
    service: 'payments',
    operation: 'authorize',
    kind: 'decline',
    order_id: 'ord_declined',
  });
  const first = await failureOf(authorize('ord_declined', 'ord_declined:authorize'));
  const second = await failureOf(authorize('ord_declined', 'ord_declined:authorize'));
  expect(first.code).toBe('card_declined');
  expect(second.payment_intent.id).toBe(first.payment_intent.id);
  expect((await harness.ledger('ord_declined')).payments).toMatchObject([{ kind: 'decline' }]);
});

test('refuses a known key with other parameters', async () => {
  await authorize('ord_mismatch', 'ord_mismatch:authorize');
  const error = await failureOf(authorize('ord_mismatch', 'ord_mismatch:authorize', { amount: 1 }));
  expect(error).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
});

test('refuses a known key on another payment', async () => {
  const one = await authorize('ord_other', 'ord_other:1');
  const two = await authorize('ord_other', 'ord_other:2');
  await harness.stripe.paymentIntents.capture(one.id, {}, { idempotencyKey: 'ord_other:capture' });
  const capture = harness.stripe.paymentIntents.capture(
    two.id,
    {},
    { idempotencyKey: 'ord_other:capture' },
  );
  await expect(capture).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
});

test('refuses a key whose first request still runs', async () => {
  await harness.fault({
    service: 'payments',
    operation: 'authorize',
    kind: 'delay',
    delay_ms: 1_000,
    order_id: 'ord_busy',
  });
  const first = authorize('ord_busy', 'ord_busy:authorize');
  await waitFor('the first request', async () => {
    const { payments } = await harness.ledger('ord_busy');
    return payments.length > 0;
  });
  const error = await failureOf(authorize('ord_busy', 'ord_busy:authorize'));
  expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  await first;
  expect((await harness.ledger('ord_busy')).payments).toHaveLength(1);
});

test('lets one of many requests with one key through at the same time', async () => {
  const attempts = Array.from({ length: 8 }, () => authorize('ord_race', 'ord_race:authorize'));
  const settled = await Promise.allSettled(attempts);
  const ids = settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value.id] : []));
  expect(new Set(ids).size).toBe(1);
  expect((await harness.ledger('ord_race')).payments).toHaveLength(1);
});

test('has one effect when the answer was lost and the request is made again', async () => {
  await harness.fault({
    service: 'payments',
    operation: 'authorize',
    kind: 'drop_response',
    order_id: 'ord_dropped',
    // The client library tries a cut connection once more by itself.
    times: 2,
  });
  const lost = await failureOf(authorize('ord_dropped', 'ord_dropped:authorize'));
  expect(lost.type).toBe('StripeConnectionError');
  const again = await authorize('ord_dropped', 'ord_dropped:authorize');
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(again.status).toBe('requires_capture');
  expect((await harness.ledger('ord_dropped')).payments).toMatchObject([
    { kind: 'authorize', amount: 2_500, idempotency_key: 'ord_dropped:authorize' },
  ]);
});

test('keeps a key free when a fault answered 500 before the effect', async () => {
  await harness.fault({
    service: 'payments',
    operation: 'authorize',
    kind: 'error_500',
    order_id: 'ord_500',
  });
  const error = await failureOf(authorize('ord_500', 'ord_500:authorize'));
  expect(error).toMatchObject({ type: 'StripeAPIError', statusCode: 500 });
  expect((await harness.ledger('ord_500')).payments).toEqual([]);
  expect((await authorize('ord_500', 'ord_500:authorize')).status).toBe('requires_capture');
});

test('keeps a key free when the parameters were refused', async () => {
  const key = 'ord_fixed:authorize';
  await failureOf(authorize('ord_fixed', key, { payment_method: 'pm_card_unknown' }));
  expect((await authorize('ord_fixed', key)).status).toBe('requires_capture');
});

test('captures and refunds once per key', async () => {
  const { id } = await authorize('ord_money', 'ord_money:authorize');
  const capture = () =>
    harness.stripe.paymentIntents.capture(id, {}, { idempotencyKey: 'ord_money:capture' });
  const refund = () =>
    harness.stripe.refunds.create(
      { payment_intent: id, amount: 500 },
      { idempotencyKey: 'ord_money:refund' },
    );
  await capture();
  await capture();
  const first = await refund();
  expect((await refund()).id).toBe(first.id);
  const { payments } = await harness.ledger('ord_money');
  expect(payments.map(({ kind, amount }) => [kind, amount])).toEqual([
    ['authorize', 2_500],
    ['capture', 2_500],
    ['refund', 500],
  ]);
});
