import { expect, test } from 'vitest';

import { waitFor } from '../support/wait-for.js';
import { failureOf, useTestSandbox } from './test-sandbox.js';

const sandbox = useTestSandbox();

/** Always under the same key for one order. */
const authorize = (orderId: string, changes = {}) =>
  sandbox.authorize(orderId, changes, `${orderId}:authorize`);
const fault = (order_id: string, kind: string, more: object = {}) =>
  sandbox.fault({ service: 'payments', operation: 'authorize', kind, order_id, ...more });

test('a known key is answered with the first answer and marked as replayed', async () => {
  const first = await authorize('ord_replay');
  const second = await authorize('ord_replay');
  expect(second).toEqual(first);
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(await sandbox.paid('ord_replay')).toEqual(['authorize 2500']);
});

test('a decline is repeated under its key, also when its fault has gone', async () => {
  await fault('ord_declined', 'decline');
  const first = await failureOf(authorize('ord_declined'));
  const second = await failureOf(authorize('ord_declined'));
  expect(first.code).toBe('card_declined');
  expect(second.payment_intent.id).toBe(first.payment_intent.id);
  expect(await sandbox.paid('ord_declined')).toEqual(['decline 2500']);
});

test('a known key is refused with other parameters', async () => {
  await authorize('ord_mismatch');
  const refused = { type: 'StripeIdempotencyError', statusCode: 400 };
  await expect(authorize('ord_mismatch', { amount: 1 })).rejects.toMatchObject(refused);
});

test('a known key is refused on another payment', async () => {
  const [one, two] = [await sandbox.authorize('ord_other'), await sandbox.authorize('ord_other')];
  const capture = (id: string) =>
    sandbox.intents.capture(id, {}, { idempotencyKey: 'ord_other:capture' });
  await capture(one.id);
  await expect(capture(two.id)).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
});

test('a key whose first request still runs is refused', async () => {
  await fault('ord_busy', 'delay', { delay_ms: 1_000 });
  const first = authorize('ord_busy');
  await waitFor('the first request', async () => (await sandbox.paid('ord_busy')).length > 0);
  const busy = { statusCode: 409, code: 'idempotency_key_in_use' };
  await expect(authorize('ord_busy')).rejects.toMatchObject(busy);
  await first;
  expect(await sandbox.paid('ord_busy')).toEqual(['authorize 2500']);
});

test('many requests with one key at the same time have one effect', async () => {
  const attempts = Array.from({ length: 8 }, () => authorize('ord_race'));
  const results = await Promise.allSettled(attempts);
  const ids = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
  expect(new Set(ids).size).toBe(1);
  expect(await sandbox.paid('ord_race')).toEqual(['authorize 2500']);
});

test('a request whose answer was lost has one effect when it is made again', async () => {
  // The client library tries a cut connection once more by itself.
  await fault('ord_dropped', 'drop_response', { times: 2 });
  expect((await failureOf(authorize('ord_dropped'))).type).toBe('StripeConnectionError');
  const again = await authorize('ord_dropped');
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(again.status).toBe('requires_capture');
  expect((await sandbox.ledger('ord_dropped')).payments).toMatchObject([
    { kind: 'authorize', amount: 2_500, idempotency_key: 'ord_dropped:authorize' },
  ]);
});

test('a key stays free when a fault answered 500 before the effect', async () => {
  await fault('ord_500', 'error_500');
  const failed = { type: 'StripeAPIError', statusCode: 500 };
  await expect(authorize('ord_500')).rejects.toMatchObject(failed);
  expect(await sandbox.paid('ord_500')).toEqual([]);
  expect((await authorize('ord_500')).status).toBe('requires_capture');
});

test('a key stays free when the parameters were refused', async () => {
  await failureOf(authorize('ord_fixed', { payment_method: 'pm_card_unknown' }));
  expect((await authorize('ord_fixed')).status).toBe('requires_capture');
});

test('captures and refunds have one effect for each key', async () => {
  const { id } = await authorize('ord_money');
  const capture = () => sandbox.intents.capture(id, {}, { idempotencyKey: 'ord_money:capture' });
  const part = { payment_intent: id, amount: 500 };
  const refund = () => sandbox.refunds.create(part, { idempotencyKey: 'ord_money:refund' });
  await capture();
  await capture();
  const first = await refund();
  expect((await refund()).id).toBe(first.id);
  const booked = ['authorize 2500', 'capture 2500', 'refund 500'];
  expect(await sandbox.paid('ord_money')).toEqual(booked);
});
