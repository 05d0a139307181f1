import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import {
  amount,
  authorized,
  kinds,
  newOrderId,
  settlement,
  startHarness,
  voiding,
  type Harness,
} from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const paymentFault = (orderId: string, operation: string, kind: string) =>
  harness.fault({ service: 'payments', operation, kind, order_id: orderId });

describe('capturing', () => {
  it('captures once, however often it is called', async () => {
    const orderId = newOrderId();
    const request = settlement(orderId, await authorized(harness, orderId), 'capturePayment');
    expect(await harness.payments.capture(request)).toEqual({ kind: 'captured' });
    expect(await harness.payments.capture(request)).toEqual({ kind: 'captured' });
    const { payments } = await harness.ledger(orderId);
    expect(kinds(payments)).toEqual(['authorize', 'capture']);
    expect(payments[1]).toMatchObject({
      amount: amount.amountMinor,
      idempotency_key: request.idempotencyKey,
    });
  });

  it('captures once when the answer was lost', async () => {
    const orderId = newOrderId();
    const request = settlement(orderId, await authorized(harness, orderId), 'capturePayment');
    await paymentFault(orderId, 'capture', 'drop_response');
    await expect(harness.payments.capture(request)).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(await harness.payments.capture(request)).toEqual({ kind: 'captured' });
    expect(kinds((await harness.ledger(orderId)).payments)).toEqual(['authorize', 'capture']);
  });

  it('knows a capture again that the provider no longer knows by its key', async () => {
    const orderId = newOrderId();
    const request = settlement(orderId, await authorized(harness, orderId), 'capturePayment');
    await harness.payments.capture(request);
    const forgotten = { ...request, idempotencyKey: `${request.idempotencyKey}:forgotten` };
    expect(await harness.payments.capture(forgotten)).toEqual({ kind: 'captured' });
  });

  it('tells that the authorization is lost once it was voided', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.voidAuthorization(voiding(orderId));
    const late = harness.payments.capture(settlement(orderId, paymentId, 'capturePayment'));
    expect(await late).toEqual({ kind: 'authorization_lost' });
  });

  it('tells that an expired authorization is lost, and leaves it not open', async () => {
    const orderId = newOrderId();
    const request = settlement(orderId, await authorized(harness, orderId), 'capturePayment');
    await paymentFault(orderId, 'capture', 'refuse');
    expect(await harness.payments.capture(request)).toEqual({ kind: 'authorization_lost' });
    expect(await harness.payments.capture(request)).toEqual({ kind: 'authorization_lost' });
    expect(kinds((await harness.ledger(orderId)).payments)).toEqual(['authorize', 'void']);
  });

  it('refuses a payment that does not exist for good', async () => {
    const request = settlement(newOrderId(), 'pi_of_nobody', 'capturePayment');
    await expect(harness.payments.capture(request)).rejects.toBeInstanceOf(ProviderRefused);
  });
});

describe('refunding', () => {
  it('refunds once, however often it is called', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.capture(settlement(orderId, paymentId, 'capturePayment'));
    const request = settlement(orderId, paymentId, 'refundPayment');
    expect(await harness.payments.refund(request)).toEqual({ kind: 'undone' });
    expect(await harness.payments.refund(request)).toEqual({ kind: 'undone' });
    const { payments } = await harness.ledger(orderId);
    expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
    expect(payments[2]?.amount).toBe(amount.amountMinor);
  });

  it('refunds once when the answer was lost', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.capture(settlement(orderId, paymentId, 'capturePayment'));
    await paymentFault(orderId, 'refund', 'drop_response');
    const request = settlement(orderId, paymentId, 'refundPayment');
    await expect(harness.payments.refund(request)).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(await harness.payments.refund(request)).toEqual({ kind: 'undone' });
    const { payments } = await harness.ledger(orderId);
    expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
  });

  it('counts what somebody else refunded in full as undone', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.capture(settlement(orderId, paymentId, 'capturePayment'));
    await harness.payments.refund(settlement(orderId, paymentId, 'refundByHand'));
    const request = settlement(orderId, paymentId, 'refundPayment');
    expect(await harness.payments.refund(request)).toEqual({ kind: 'undone' });
    const { payments } = await harness.ledger(orderId);
    expect(kinds(payments)).toEqual(['authorize', 'capture', 'refund']);
  });

  it('finds nothing to refund before the capture, and bars a late one', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    const request = settlement(orderId, paymentId, 'refundPayment');
    expect(await harness.payments.refund(request)).toEqual({ kind: 'nothing_to_undo' });
    const late = harness.payments.capture(settlement(orderId, paymentId, 'capturePayment'));
    expect(await late).toEqual({ kind: 'authorization_lost' });
    expect(await harness.payments.voidAuthorization(voiding(orderId))).toEqual({ kind: 'undone' });
    expect(kinds((await harness.ledger(orderId)).payments)).toEqual(['authorize', 'void']);
  });
});
