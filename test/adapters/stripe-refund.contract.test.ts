import { expect, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import { newOrderId } from './own-database.js';
import { twice, useTestProviders } from './providers.js';
import { capturing, eur, refunding, voiding } from './requests.js';

const providers = useTestProviders();
const refundedOnce = ['authorize 4200', 'capture 4200', 'refund 4200'];

test('a refund is made once, however often it is asked for', async () => {
  const orderId = newOrderId();
  const request = refunding(orderId, await providers.captured(orderId));
  expect(await twice(() => providers.payments.refund(request))).toEqual({ kind: 'undone' });
  expect(await providers.paid(orderId)).toEqual(refundedOnce);
});

test('a refund whose answer was lost is made once', async () => {
  const orderId = newOrderId();
  const request = refunding(orderId, await providers.captured(orderId));
  await providers.fault('payments', 'refund', 'drop_response', orderId);
  await expect(providers.payments.refund(request)).rejects.toBeInstanceOf(ProviderUnavailable);
  expect(await providers.payments.refund(request)).toEqual({ kind: 'undone' });
  expect(await providers.paid(orderId)).toEqual(refundedOnce);
});

test('a refund whose key the provider has forgotten is made once', async () => {
  const orderId = newOrderId();
  const part = { amount: eur(1_000), scope: 'part' } as const;
  const request = refunding(orderId, await providers.captured(orderId), part);
  await providers.payments.refund(request);
  await providers.forgetKeys();
  expect(await providers.payments.refund(request)).toEqual({ kind: 'undone' });
  expect((await providers.paid(orderId)).slice(2)).toEqual(['refund 1000']);
});

test('a refund above what is left of the capture is refused and not sent', async () => {
  const orderId = newOrderId();
  const paymentId = await providers.authorized(orderId);
  await providers.payments.capture(capturing(orderId, paymentId, { amount: eur(3_000) }));
  const part = { amount: eur(2_000), scope: 'part' } as const;
  await providers.payments.refund(refunding(orderId, paymentId, part));
  for (const scope of ['part', 'order'] as const) {
    const tooMuch = { amount: eur(1_001), scope, idempotencyKey: scope };
    const refused = providers.payments.refund(refunding(orderId, paymentId, tooMuch));
    await expect(refused).rejects.toBeInstanceOf(ProviderRefused);
  }
  expect((await providers.paid(orderId)).slice(1)).toEqual([
    'capture 3000',
    'void 1200',
    'refund 2000',
  ]);
});

test('an order is refunded when somebody else has refunded it in full', async () => {
  const orderId = newOrderId();
  const paymentId = await providers.captured(orderId);
  const byHand = { idempotencyKey: `${orderId}:byHand` };
  await providers.payments.refund(refunding(orderId, paymentId, byHand));
  expect(await providers.payments.refund(refunding(orderId, paymentId))).toEqual({
    kind: 'undone',
  });
  expect(await providers.paid(orderId)).toEqual(refundedOnce);
});

test('a refund before the capture finds nothing and bars a late capture', async () => {
  const orderId = newOrderId();
  const paymentId = await providers.authorized(orderId);
  expect(await providers.payments.refund(refunding(orderId, paymentId))).toEqual({
    kind: 'nothing_to_undo',
  });
  const late = providers.payments.capture(capturing(orderId, paymentId));
  expect(await late).toEqual({ kind: 'authorization_lost' });
  expect(await providers.payments.voidAuthorization(voiding(orderId))).toEqual({ kind: 'undone' });
  expect(await providers.paid(orderId)).toEqual(['authorize 4200', 'void 4200']);
});
