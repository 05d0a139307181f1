import { expect, test } from 'vitest';
import { stripePayments } from '../../src/adapters/stripe.js';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import { waitFor } from '../support/wait-for.js';
import { newOrderId } from './own-database.js';
import { failureOf, twice, useTestProviders } from './providers.js';
import { amount, authorization, refunding, voiding } from './requests.js';
import { startProvider } from './scripted-provider.js';

const providers = useTestProviders();

const undone = { kind: 'undone' };
const nothing = { kind: 'nothing_to_undo' };

const voided = (orderId: OrderId) => providers.payments.voidAuthorization(voiding(orderId));
const authorize = (orderId: OrderId, card?: string) =>
  providers.payments.authorize(authorization(orderId, card));
const declined = 'pm_card_visa_chargeDeclined';
const captured = (orderId: OrderId) => providers.captured(orderId);
const refunded = async (orderId: OrderId) =>
  providers.payments.refund(refunding(orderId, await captured(orderId)));
async function authorizeInVain(orderId: OrderId): Promise<void> {
  await providers.fault('payments', 'authorize', 'drop_response', orderId);
  await expect(authorize(orderId)).rejects.toThrow();
}

const voidedOnce = ['authorize 4200', 'void 4200'];
const refundedOnce = ['authorize 4200', 'capture 4200', 'refund 4200'];

test.each<[string, (orderId: OrderId) => Promise<unknown>, object, string[]]>([
  ['an authorization', authorize, undone, voidedOnce],
  ['nothing before any authorization', () => Promise.resolve(), nothing, []],
  [
    'nothing behind a decline',
    (orderId) => authorize(orderId, declined),
    nothing,
    ['decline 4200'],
  ],
  ['a capture that was not recorded', captured, { kind: 'refunded', amount }, refundedOnce],
  ['nothing where the capture was refunded already', refunded, nothing, refundedOnce],
  ['an authorization whose answer was lost', authorizeInVain, undone, voidedOnce],
])(
  'a void finds %s, twice alike, and gives it back once',
  async (_what, prepare, answer, books) => {
    const orderId = newOrderId();
    await prepare(orderId);
    expect(await twice(() => voided(orderId))).toEqual(answer);
    expect(await providers.paid(orderId)).toEqual(books);
  },
);

test('a void bars an authorization that comes after it', async () => {
  const orderId = newOrderId();
  await voided(orderId);
  const late = authorize(orderId);
  await expect(late).rejects.toThrow(ProviderRefused);
  await expect(late).rejects.toThrow('fenced');
  expect(await providers.paid(orderId)).toEqual([]);
});

test('a void waits while the authorization is running, then voids it', async () => {
  const orderId = newOrderId();
  await providers.fault('payments', 'authorize', 'delay', orderId, { delay_ms: 1_500 });
  const running = authorize(orderId);
  await waitFor(
    'the authorization',
    async () => (await providers.ledger(orderId)).payments.length > 0,
  );
  await expect(voided(orderId)).rejects.toBeInstanceOf(ProviderUnavailable);
  expect((await running).kind).toBe('authorized');
  expect(await voided(orderId)).toEqual(undone);
  expect(await providers.paid(orderId)).toEqual(voidedOnce);
});

test('a void voids once when the answer of the void is lost', async () => {
  const orderId = newOrderId();
  await authorize(orderId);
  await providers.fault('payments', 'void', 'drop_response', orderId);
  await expect(voided(orderId)).rejects.toBeInstanceOf(ProviderUnavailable);
  expect(await voided(orderId)).toEqual(undone);
  expect(await providers.paid(orderId)).toEqual(voidedOnce);
});

test('a void asks for time when an authorization was sent and left no trace, then finds nothing', async () => {
  const orderId = newOrderId();
  await providers.fault('payments', 'authorize', 'refuse', orderId);
  await expect(authorize(orderId)).rejects.toThrow(ProviderRefused);
  const early = await failureOf(voided(orderId));
  expect(early).toBeInstanceOf(ProviderUnavailable);
  expect((early as ProviderUnavailable).retryAfterMs).toBeGreaterThan(0);
  const later = providers.paymentsWith({ settleAfterMs: 0 });
  expect(await later.voidAuthorization(voiding(orderId))).toEqual(nothing);
  expect(await providers.paid(orderId)).toEqual([]);
});

test('a void voids an authorization whose key the provider has forgotten', async () => {
  const orderId = newOrderId();
  await authorize(orderId);
  const forgotten = voiding(orderId, `${orderId}:forgotten`);
  expect(await providers.payments.voidAuthorization(forgotten)).toEqual(undone);
  expect(await providers.paid(orderId)).toEqual(voidedOnce);
});

test.each([
  ['no payment of the order', false],
  ['only an earlier one of its payments', true],
])(
  'a void finds an authorization in the list while the search knows %s',
  async (_what, knowsEarlier) => {
    const orderId = newOrderId();
    const key = `${orderId}:authorizePayment`;
    const payment = (id: string, status: string, metadata: object) => ({
      id,
      object: 'payment_intent',
      status,
      amount_received: 0,
      last_payment_error: status === 'requires_capture' ? null : { code: 'card_declined' },
      metadata: { order_id: orderId, ...metadata },
    });
    const stranger = payment('pi_other', 'requires_capture', { order_id: newOrderId() });
    const earlier = payment('pi_earlier', 'canceled', { authorization_key: `${key}:0` });
    const newest = payment('pi_newest', 'requires_capture', { authorization_key: key });
    const data = [newest, stranger, ...(knowsEarlier ? [earlier] : [])];
    const answers: Readonly<Record<string, object>> = {
      'GET /v1/payment_intents/search': {
        object: 'search_result',
        data: knowsEarlier ? [earlier] : [],
        has_more: false,
      },
      'GET /v1/payment_intents': { object: 'list', data, has_more: false },
    };
    const provider = await startProvider((request) =>
      request === 'POST /v1/payment_intents'
        ? { status: 400, body: { error: { type: 'idempotency_error', message: 'other' } } }
        : { status: 200, body: answers[request] ?? { ...newest, status: 'canceled' } },
    );
    const payments = stripePayments({ apiKey: 'sk_x', apiUrl: provider.url, timeoutMs: 2_000 });
    expect(await payments.voidAuthorization(voiding(orderId))).toEqual(undone);
    expect(provider.requests.filter((request) => request.endsWith('/cancel'))).toEqual([
      'POST /v1/payment_intents/pi_newest/cancel',
    ]);
    await provider.stop();
  },
);
