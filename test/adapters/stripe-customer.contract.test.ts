import { describe, expect, test } from 'vitest';
import { stripePayments } from '../../src/adapters/stripe.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import {
  amount,
  authorization,
  authorized,
  capturing,
  newOrderId,
  twice,
  useTestProviders,
  voiding,
} from './harness.js';
import { startProvider } from './scripted-provider.js';

const harness = useTestProviders();

const asking = 'pm_card_authenticationRequired';

async function asked(orderId: OrderId): Promise<string> {
  const request = authorization(orderId, asking, { interactive: true });
  const answer = await harness.payments.authorize(request);
  if (answer.kind !== 'requires_action') throw new Error(`expected a question: ${answer.kind}`);
  return answer.paymentId;
}

describe('a card whose bank asks the customer', () => {
  test('waits for him, twice alike, and holds no money yet', async () => {
    const orderId = newOrderId();
    const paymentId = await asked(orderId);
    expect(await asked(orderId)).toBe(paymentId);
    const waiting = { kind: 'requires_action', paymentId };
    expect(await harness.payments.find(paymentId)).toEqual(waiting);
    expect((await harness.ledger(orderId)).payments).toEqual([]);
  });

  test.each([
    ['succeed', (paymentId: string) => ({ kind: 'authorized', paymentId })],
    ['fail', () => ({ kind: 'declined', code: 'authentication_required' })],
  ])('tells what he said: %s', async (outcome, answer) => {
    const paymentId = await asked(newOrderId());
    await harness.upon(paymentId, 'authenticate', { outcome });
    expect(await harness.payments.find(paymentId)).toEqual(answer(paymentId));
  });

  test('asks him no more once the order has given up', async () => {
    const orderId = newOrderId();
    const paymentId = await asked(orderId);
    await harness.payments.voidAuthorization(voiding(orderId));
    const canceled = { kind: 'declined', code: 'canceled' };
    expect(await harness.payments.find(paymentId)).toEqual(canceled);
    const answer = harness.upon(paymentId, 'authenticate', { outcome: 'succeed' });
    await expect(answer).rejects.toThrow('404');
    expect((await harness.ledger(orderId)).payments).toEqual([]);
  });
});

describe('another authorization of the same order', () => {
  const second = (orderId: OrderId) => ({ idempotencyKey: `${orderId}:authorizePayment:2` });

  test('after a declined one is a payment of its own', async () => {
    const orderId = newOrderId();
    const request = authorization(orderId, 'pm_card_visa_chargeDeclined');
    expect((await harness.payments.authorize(request)).kind).toBe('declined');
    const paymentId = await authorized(harness, orderId, second(orderId));
    const capture = harness.payments.capture(capturing(orderId, paymentId));
    expect(await capture).toEqual({ kind: 'captured' });
    expect(await harness.paid(orderId)).toEqual(['decline', 'authorize', 'capture']);
  });

  test('is given back together with the first by one void', async () => {
    const orderId = newOrderId();
    await asked(orderId);
    const secondId = await authorized(harness, orderId, second(orderId));
    const request = { ...voiding(orderId), authorizationKey: second(orderId).idempotencyKey };
    expect(await harness.payments.voidAuthorization(request)).toEqual({ kind: 'undone' });
    expect((await harness.payments.find(secondId)).kind).toBe('declined');
    expect(await harness.paid(orderId)).toEqual(['authorize', 'void']);
  });

  test('is found and voided when the search only knows the one before', async () => {
    const orderId = newOrderId();
    const intent = (id: string, status: string, key: string) => ({
      id,
      object: 'payment_intent',
      status,
      amount_received: 0,
      last_payment_error: status === 'requires_capture' ? null : { code: 'card_declined' },
      metadata: { order_id: orderId, authorization_key: key },
    });
    const first = intent('pi_first', 'canceled', `${orderId}:authorizePayment`);
    const newest = intent('pi_newest', 'requires_capture', second(orderId).idempotencyKey);
    const answers: Readonly<Record<string, object>> = {
      'GET /v1/payment_intents/search': { object: 'search_result', data: [first], has_more: false },
      'GET /v1/payment_intents': { object: 'list', data: [newest, first], has_more: false },
    };
    const provider = await startProvider((request) => {
      if (request === 'POST /v1/payment_intents') {
        return { status: 400, body: { error: { type: 'idempotency_error', message: 'other' } } };
      }
      return { status: 200, body: answers[request] ?? { ...newest, status: 'canceled' } };
    });
    const payments = stripePayments({ apiKey: 'sk_x', apiUrl: provider.url, timeoutMs: 2_000 });
    const request = { ...voiding(orderId), authorizationKey: second(orderId).idempotencyKey };
    expect(await payments.voidAuthorization(request)).toEqual({ kind: 'undone' });
    expect(provider.requests).toContain('POST /v1/payment_intents/pi_newest/cancel');
    await provider.stop();
  });
});

describe('a payment that comes late', () => {
  const late = (orderId: OrderId, paymentId: string) => ({
    orderId,
    paymentId,
    idempotencyKey: `${orderId}:settleLate:${paymentId}`,
  });

  test('as authorized is let go of, once', async () => {
    const orderId = newOrderId();
    const paymentId = await asked(orderId);
    await harness.upon(paymentId, 'authenticate', { outcome: 'succeed' });
    const request = late(orderId, paymentId);
    expect(await twice(() => harness.payments.settleLate(request))).toEqual({ kind: 'undone' });
    expect(await harness.paid(orderId)).toEqual(['authorize', 'void']);
  });

  test('as paid is refunded at once, and once', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.capture(capturing(orderId, paymentId));
    const refunded = { kind: 'refunded', amount };
    expect(await twice(() => harness.payments.settleLate(late(orderId, paymentId)))).toEqual(
      refunded,
    );
    expect(await harness.paid(orderId)).toEqual(['authorize', 'capture', 'refund']);
  });

  test('can no longer be paid when the customer had said no', async () => {
    const orderId = newOrderId();
    const paymentId = await asked(orderId);
    await harness.upon(paymentId, 'authenticate', { outcome: 'fail' });
    const settled = await harness.payments.settleLate(late(orderId, paymentId));
    expect(settled).toEqual({ kind: 'nothing_to_undo' });
    const canceled = await harness.payments.find(paymentId);
    expect(canceled).toEqual({ kind: 'declined', code: 'canceled' });
  });

  test('is left alone when it is another order’s', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    const request = late(newOrderId(), paymentId);
    await expect(harness.payments.settleLate(request)).rejects.toBeInstanceOf(ProviderRefused);
    expect(await harness.paid(orderId)).toEqual(['authorize']);
  });
});
