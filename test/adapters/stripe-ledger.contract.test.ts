import { expect, test } from 'vitest';
import { stripeLedger, type ProviderPayment } from '../../src/adapters/stripe-ledger.js';
import { money } from '../../src/domain/money.js';
import { ProviderUnavailable } from '../../src/domain/failures.js';
import {
  amount,
  authorized,
  capturing,
  newOrderId,
  refunding,
  useTestProviders,
  voiding,
} from './harness.js';

const harness = useTestProviders();

const books = () =>
  stripeLedger({ apiKey: 'sk_test_books', apiUrl: harness.urls.stripe, timeoutMs: 3_000 });

async function listed(since: Date): Promise<readonly ProviderPayment[]> {
  const payments: ProviderPayment[] = [];
  for await (const payment of books().listPayments(since)) payments.push(payment);
  return payments;
}

test('lists what is authorized, captured and refunded of each payment, the newest first', async () => {
  const since = new Date(Date.now() - 60_000);
  const openOrder = newOrderId();
  const openId = await authorized(harness, openOrder, { inParts: true });
  const first = { amount: money(2_000, 'EUR'), isPart: true };
  await harness.payments.capture(capturing(openOrder, openId, first));
  const refund = { amount: money(500, 'EUR'), scope: 'part' as const };
  await harness.payments.refund(refunding(openOrder, openId, refund));
  const voidedOrder = newOrderId();
  const voidedId = await authorized(harness, voidedOrder);
  await harness.payments.voidAuthorization(voiding(voidedOrder));

  const common = { currency: 'EUR', createdAt: expect.any(Date) };
  const open = {
    ...common,
    paymentId: openId,
    orderId: openOrder,
    capturedMinor: 2_000,
    refundedMinor: 500,
    authorizedMinor: amount.amountMinor - 2_000,
  };
  const voided = {
    ...common,
    paymentId: voidedId,
    orderId: voidedOrder,
    capturedMinor: 0,
    refundedMinor: 0,
    authorizedMinor: 0,
  };
  expect(await listed(since)).toEqual([voided, open]);
  expect(await books().paymentsOf(openOrder)).toEqual([open]);
});

test('leaves out what is older, and what only held a key', async () => {
  await harness.payments.voidAuthorization(voiding(newOrderId()));
  expect(await listed(new Date(Date.now() + 60_000))).toEqual([]);
  const all = await listed(new Date(0));
  expect(all).toHaveLength(2);
});

test('says that the provider is away while it is read', async () => {
  await harness.fault({ service: 'payments', operation: 'lookup', kind: 'error_500' });
  await expect(listed(new Date(0))).rejects.toBeInstanceOf(ProviderUnavailable);
});
