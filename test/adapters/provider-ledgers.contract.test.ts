import { describe, expect, test } from 'vitest';
import { easypostLedger } from '../../src/adapters/easypost-ledger.js';
import { stripeLedger } from '../../src/adapters/stripe-ledger.js';
import { ProviderUnavailable } from '../../src/domain/failures.js';
import { newOrderId } from './own-database.js';
import { useTestProviders } from './providers.js';
import {
  amount,
  capturing,
  eur,
  labelRequest,
  labelVoiding,
  refunding,
  voiding,
} from './requests.js';

const providers = useTestProviders();

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('the ledger of the payment provider', () => {
  const ledger = () => stripeLedger(providers.stripe);
  const listed = (since: Date) => all(ledger().listPayments(since));

  test('lists what is authorized, captured and refunded of each payment, the newest first', async () => {
    const since = new Date(Date.now() - 60_000);
    const openOrder = newOrderId();
    const openId = await providers.authorized(openOrder, { inParts: true });
    const first = { amount: eur(2_000), isPart: true };
    await providers.payments.capture(capturing(openOrder, openId, first));
    const refund = { amount: eur(500), scope: 'part' } as const;
    await providers.payments.refund(refunding(openOrder, openId, refund));
    const voidedOrder = newOrderId();
    const voidedId = await providers.authorized(voidedOrder);
    await providers.payments.voidAuthorization(voiding(voidedOrder));

    const open = {
      currency: 'EUR',
      paymentId: openId,
      orderId: openOrder,
      capturedMinor: 2_000,
      refundedMinor: 500,
      authorizedMinor: amount.amountMinor - 2_000,
    };
    const sums = { capturedMinor: 0, refundedMinor: 0, authorizedMinor: 0 };
    const voided = { currency: 'EUR', paymentId: voidedId, orderId: voidedOrder, ...sums };
    expect(await listed(since)).toEqual([voided, open]);
    expect(await ledger().paymentsOf(openOrder)).toEqual([open]);
  });

  test('leaves out what is older, and what only held a key', async () => {
    await providers.payments.voidAuthorization(voiding(newOrderId()));
    expect(await listed(new Date(Date.now() + 60_000))).toEqual([]);
    expect(await listed(new Date(0))).toHaveLength(2);
  });

  test('fails as unavailable while the provider is away', async () => {
    await providers.fault('payments', 'lookup', 'error_500');
    await expect(listed(new Date(0))).rejects.toBeInstanceOf(ProviderUnavailable);
  });
});

describe('the ledger of the carrier', () => {
  const listed = (since: Date) => all(easypostLedger(providers.easypost).listLabels(since));

  test('lists every label with its order, voided or not, and no quotes', async () => {
    const orderId = await providers.newOrder();
    const since = new Date();
    const trackingNumber = await providers.bought(orderId);
    const second = labelRequest(orderId, {}, 1);
    const label = await providers.carrier.buyLabel(second);
    await providers.carrier.voidLabel(labelVoiding(orderId));
    await providers.fault('carrier', 'buy_label', 'refuse', orderId);
    await providers.carrier.buyLabel(labelRequest(orderId, {}, 2));
    expect(await listed(since)).toMatchObject([
      {
        orderId,
        reference: second.idempotencyKey,
        voided: false,
        trackingNumber: 'trackingNumber' in label && label.trackingNumber,
      },
      { orderId, trackingNumber, voided: true },
    ]);
  });

  test('is read past the end of a page, and no further back than asked', async () => {
    const orderId = await providers.newOrder();
    const since = new Date();
    const count = 103;
    for (let index = 0; index < count; index += 1) {
      await providers.carrier.buyLabel(labelRequest(orderId, {}, index));
    }
    const references = (await listed(since)).map(({ reference }) => reference);
    expect(references).toHaveLength(count);
    expect(new Set(references).size).toBe(count);
  });
});
