import { describe, expect, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import { money } from '../../src/domain/money.js';
import {
  amount,
  authorized,
  capturing,
  kinds,
  newOrderId,
  refunding,
  twice,
  useTestProviders,
  voiding,
} from './harness.js';

const harness = useTestProviders();

const paymentFault = (orderId: string, operation: string, kind: string) =>
  harness.fault({ service: 'payments', operation, kind, order_id: orderId });

describe('capturing', () => {
  test('captures once, however often it is called', async () => {
    const orderId = newOrderId();
    const request = capturing(orderId, await authorized(harness, orderId));
    expect(await twice(() => harness.payments.capture(request))).toEqual({ kind: 'captured' });
    const { payments } = await harness.ledger(orderId);
    expect(kinds(payments)).toEqual(['authorize', 'capture']);
    expect(payments[1]).toMatchObject({
      amount: amount.amountMinor,
      idempotency_key: request.idempotencyKey,
    });
  });

  test('captures once when the answer was lost', async () => {
    const orderId = newOrderId();
    const request = capturing(orderId, await authorized(harness, orderId));
    await paymentFault(orderId, 'capture', 'drop_response');
    await expect(harness.payments.capture(request)).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(await harness.payments.capture(request)).toEqual({ kind: 'captured' });
    expect(await harness.paid(orderId)).toEqual(['authorize', 'capture']);
  });

  test('knows a capture again that the provider no longer knows by its key', async () => {
    const orderId = newOrderId();
    const request = capturing(orderId, await authorized(harness, orderId));
    await harness.payments.capture(request);
    await harness.forgetKeys();
    expect(await harness.payments.capture(request)).toEqual({ kind: 'captured' });
    expect(await harness.paid(orderId)).toEqual(['authorize', 'capture']);
  });

  test('tells that the authorization is lost once it was voided', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.voidAuthorization(voiding(orderId));
    const late = harness.payments.capture(capturing(orderId, paymentId));
    expect(await late).toEqual({ kind: 'authorization_lost' });
  });

  test('tells that an expired authorization is lost, and leaves it not open', async () => {
    const orderId = newOrderId();
    const request = capturing(orderId, await authorized(harness, orderId));
    await paymentFault(orderId, 'capture', 'refuse');
    expect(await twice(() => harness.payments.capture(request))).toEqual({
      kind: 'authorization_lost',
    });
    expect(await harness.paid(orderId)).toEqual(['authorize', 'void']);
  });

  test('refuses a payment that does not exist for good', async () => {
    const request = capturing(newOrderId(), 'pi_of_nobody');
    await expect(harness.payments.capture(request)).rejects.toBeInstanceOf(ProviderRefused);
  });
});

describe('refunding', () => {
  test('refunds once, however often it is called', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.capture(capturing(orderId, paymentId));
    const request = refunding(orderId, paymentId);
    expect(await twice(() => harness.payments.refund(request))).toEqual({ kind: 'undone' });
    const { payments } = await harness.ledger(orderId);
    expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
    expect(payments[2]?.amount).toBe(amount.amountMinor);
  });

  test('refunds once when the answer was lost', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.capture(capturing(orderId, paymentId));
    await paymentFault(orderId, 'refund', 'drop_response');
    const request = refunding(orderId, paymentId);
    await expect(harness.payments.refund(request)).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(await harness.payments.refund(request)).toEqual({ kind: 'undone' });
    expect(await harness.paid(orderId)).toEqual(['authorize', 'capture', 'refund']);
  });

  test('refunds once when the provider has forgotten the key of the first refund', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.capture(capturing(orderId, paymentId));
    const request = refunding(orderId, paymentId, { amount: money(1_000, 'EUR'), scope: 'part' });
    await harness.payments.refund(request);
    await harness.forgetKeys();
    expect(await harness.payments.refund(request)).toEqual({ kind: 'undone' });
    expect(await harness.paid(orderId)).toEqual(['authorize', 'capture', 'refund']);
  });

  test('refuses a refund above what was captured, and sends none', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    const captured = money(3_000, 'EUR');
    await harness.payments.capture(capturing(orderId, paymentId, { amount: captured }));
    await harness.payments.refund(
      refunding(orderId, paymentId, { amount: money(2_000, 'EUR'), scope: 'part' }),
    );
    for (const scope of ['part', 'order'] as const) {
      const amount = money(1_001, 'EUR');
      const request = refunding(orderId, paymentId, { amount, scope, idempotencyKey: scope });
      await expect(harness.payments.refund(request)).rejects.toBeInstanceOf(ProviderRefused);
    }
    expect(await harness.paid(orderId)).toEqual(['authorize', 'capture', 'void', 'refund']);
  });

  test('counts what somebody else refunded in full as undone', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.capture(capturing(orderId, paymentId));
    await harness.payments.refund(
      refunding(orderId, paymentId, { idempotencyKey: `${orderId}:byHand` }),
    );
    const request = refunding(orderId, paymentId);
    expect(await harness.payments.refund(request)).toEqual({ kind: 'undone' });
    expect(await harness.paid(orderId)).toEqual(['authorize', 'capture', 'refund']);
  });

  test('finds nothing to refund before the capture, and bars a late one', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    const request = refunding(orderId, paymentId);
    expect(await harness.payments.refund(request)).toEqual({ kind: 'nothing_to_undo' });
    const late = harness.payments.capture(capturing(orderId, paymentId));
    expect(await late).toEqual({ kind: 'authorization_lost' });
    expect(await harness.payments.voidAuthorization(voiding(orderId))).toEqual({ kind: 'undone' });
    expect(await harness.paid(orderId)).toEqual(['authorize', 'void']);
  });
});
