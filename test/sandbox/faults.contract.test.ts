import { afterEach, describe, expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.js';
import { failureOf, outcomeOf, useTestSandbox } from './test-sandbox.js';

const sandbox = useTestSandbox();
afterEach(() => sandbox.control('DELETE', 'faults'));

const declines = { service: 'payments', operation: 'authorize', kind: 'decline' };
const outcomes = async (...orderIds: string[]) => {
  const found: string[] = [];
  for (const orderId of orderIds) found.push(await outcomeOf(sandbox.authorize(orderId)));
  return found;
};

test.each([
  ['once unless a number is given', {}, ['card_declined', 'requires_capture']],
  ['as many times as asked', { times: 2 }, ['card_declined', 'card_declined', 'requires_capture']],
])('a fault strikes %s', async (_rule, limits, expected) => {
  await sandbox.fault({ ...declines, ...limits });
  expect(await outcomes(...expected.map((_, index) => `ord_${index}`))).toEqual(expected);
});

test('a fault with a time strikes until the time ends', async () => {
  await sandbox.fault({ ...declines, for_ms: 600 });
  expect(await outcomes('a', 'b', 'c')).toEqual(Array(3).fill('card_declined'));
  await waitFor('the end of the fault', async () => {
    const [outcome] = await outcomes('d');
    return outcome === 'requires_capture';
  });
  expect((await sandbox.control('GET', 'faults')).body.data).toEqual([]);
});

test('a fault with an order strikes that order alone', async () => {
  await sandbox.fault({ ...declines, order_id: 'ord_victim' });
  const expected = ['requires_capture', 'card_declined'];
  expect(await outcomes('ord_lucky', 'ord_victim')).toEqual(expected);
});

test('a fault with an order strikes a capture, whose order only the provider knows', async () => {
  const { id } = await sandbox.authorize('ord_capture');
  const fault = { service: 'payments', operation: 'capture', kind: 'refuse' };
  await sandbox.fault({ ...fault, order_id: 'ord_capture' });
  const refused = { statusCode: 400, code: 'charge_expired_for_capture' };
  await expect(sandbox.intents.capture(id)).rejects.toMatchObject(refused);
  expect(await sandbox.paid('ord_capture')).toEqual(['authorize 2500']);
});

test('a fault with stars strikes any operation of any service', async () => {
  await sandbox.fault({ service: '*', operation: '*', kind: 'error_500', times: 2 });
  expect(await failureOf(sandbox.intents.list())).toMatchObject({ statusCode: 500 });
  await expect(sandbox.quote('ord_star')).rejects.toMatchObject({ statusCode: 500 });
});

test('a provider that is down cuts the connection before any effect', async () => {
  const fault = { service: 'payments', operation: '*', kind: 'down', for_ms: 60_000 };
  await sandbox.fault({ ...fault, order_id: 'ord_down' });
  expect((await failureOf(sandbox.authorize('ord_down'))).type).toBe('StripeConnectionError');
  expect(await sandbox.paid('ord_down')).toEqual([]);
});

test('a delay answers late after the effect', async () => {
  const fault = { service: 'payments', operation: 'authorize', kind: 'delay', delay_ms: 300 };
  await sandbox.fault(fault);
  const startMs = Date.now();
  await sandbox.authorize('ord_slow');
  expect(Date.now() - startMs).toBeGreaterThanOrEqual(290);
});

test('faults can be listed and removed one by one', async () => {
  const one = await sandbox.fault({ ...declines, times: 3, order_id: 'ord_1' });
  const two = await sandbox.fault({ ...declines, order_id: 'ord_2' });
  const remove = async () => (await sandbox.control('DELETE', `faults/${one}`)).status;
  expect(await remove()).toBe(204);
  const { data } = (await sandbox.control('GET', 'faults')).body;
  expect(data).toMatchObject([{ id: two, order_id: 'ord_2', remaining: 1 }]);
  expect(await remove()).toBe(404);
});

test.each([
  { service: 'payments', operation: 'authorize', kind: 'explode' },
  { service: 'payments', operation: 'authorize', kind: 'late' },
  { service: 'payments', operation: 'webhook', kind: 'down' },
  { service: 'payments', operation: 'capture', kind: 'decline' },
  { service: 'payments', operation: 'authorize', kind: 'delay', delay: 5 },
])('an impossible fault is refused: %o', async (fault) => {
  const { status, body } = await sandbox.control('POST', 'faults', fault);
  expect(status).toBe(400);
  expect(body.error.message).not.toBe('');
});

describe('an idempotency key', () => {
  /** Always under the same key for one order. */
  const authorize = (orderId: string, changes = {}) =>
    sandbox.authorize(orderId, changes, `${orderId}:authorize`);
  const fault = (order_id: string, kind: string) =>
    sandbox.fault({ service: 'payments', operation: 'authorize', kind, order_id });

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

  test('a known key is refused with other parameters, or on another payment', async () => {
    const refused = { type: 'StripeIdempotencyError', statusCode: 400 };
    const one = await authorize('ord_mismatch');
    expect(await failureOf(authorize('ord_mismatch', { amount: 1 }))).toMatchObject(refused);
    const two = await sandbox.authorize('ord_mismatch');
    const capture = (id: string) =>
      sandbox.intents.capture(id, {}, { idempotencyKey: 'ord_mismatch:capture' });
    await capture(one.id);
    expect(await failureOf(capture(two.id))).toMatchObject(refused);
  });

  test('many requests with one key at the same time have one effect', async () => {
    const attempts = Array.from({ length: 8 }, () => authorize('ord_race'));
    const results = await Promise.allSettled(attempts);
    const ids = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
    expect(new Set(ids).size).toBe(1);
    expect(await sandbox.paid('ord_race')).toEqual(['authorize 2500']);
  });

  test('a key stays free after a 500 before the effect, and after refused parameters', async () => {
    await fault('ord_500', 'error_500');
    const failed = { type: 'StripeAPIError', statusCode: 500 };
    expect(await failureOf(authorize('ord_500'))).toMatchObject(failed);
    await failureOf(authorize('ord_500', { payment_method: 'pm_card_unknown' }));
    expect(await sandbox.paid('ord_500')).toEqual([]);
    expect((await authorize('ord_500')).status).toBe('requires_capture');
  });
});
