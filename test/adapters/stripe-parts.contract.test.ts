import { describe, expect, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import {
  amount,
  authorized,
  capturing,
  newOrderId,
  refunding,
  twice,
  useTestProviders,
  voiding,
} from './harness.js';

const harness = useTestProviders();

const lost = { kind: 'authorization_lost' };
const captured = { kind: 'captured' };
const undone = { kind: 'undone' };
const nothing = { kind: 'nothing_to_undo' };

/** 42.00 EUR in three shipments. */
const parts = [money(1_999, 'EUR'), money(1_501, 'EUR'), money(700, 'EUR')] as const;

const partOf = (orderId: OrderId, paymentId: string, index: 0 | 1 | 2, isPart = index < 2) =>
  capturing(orderId, paymentId, { amount: parts[index], isPart }, index);

const refundOf = (orderId: OrderId, paymentId: string, index: 0 | 1 | 2, scope: 'order' | 'part') =>
  refunding(orderId, paymentId, { amount: parts[index], scope }, index);

async function inParts() {
  const orderId = newOrderId();
  return { orderId, paymentId: await authorized(harness, orderId, { inParts: true }) };
}

const booked = async (orderId: OrderId) =>
  (await harness.ledger(orderId)).payments.map(({ kind, amount }) => [kind, amount]);

describe('capturing in parts', () => {
  test('takes each part once, and the parts add up to what was authorized', async () => {
    const { orderId, paymentId } = await inParts();
    for (const index of [0, 1, 2] as const) {
      const request = partOf(orderId, paymentId, index);
      expect(await twice(() => harness.payments.capture(request))).toEqual(captured);
    }
    expect(await booked(orderId)).toEqual([
      ['authorize', amount.amountMinor],
      ['capture', 1_999],
      ['capture', 1_501],
      ['capture', 700],
    ]);
  });

  test('takes no part twice when the provider has forgotten its key', async () => {
    const { orderId, paymentId } = await inParts();
    await harness.payments.capture(partOf(orderId, paymentId, 0));
    await harness.forgetKeys();
    expect(await harness.payments.capture(partOf(orderId, paymentId, 0))).toEqual(captured);
    expect(await booked(orderId)).toHaveLength(2);
  });

  test('takes a part once when the answer was lost', async () => {
    const { orderId, paymentId } = await inParts();
    await harness.fault({
      service: 'payments',
      operation: 'capture',
      kind: 'drop_response',
      order_id: orderId,
    });
    const first = harness.payments.capture(partOf(orderId, paymentId, 0));
    await expect(first).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(await harness.payments.capture(partOf(orderId, paymentId, 0))).toEqual(captured);
    expect(await booked(orderId)).toHaveLength(2);
  });

  test('does not take the capture of another part for its own', async () => {
    const { orderId, paymentId } = await inParts();
    await harness.payments.capture(partOf(orderId, paymentId, 0));
    await harness.payments.capture(partOf(orderId, paymentId, 1, false));
    expect(await harness.payments.capture(partOf(orderId, paymentId, 2))).toEqual(lost);
    expect(await harness.payments.capture(partOf(orderId, paymentId, 0))).toEqual(captured);
  });

  test('takes one part of a card that can be captured once, and loses the rest', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    expect(await twice(() => harness.payments.capture(partOf(orderId, paymentId, 0)))).toEqual(
      captured,
    );
    expect(await harness.payments.capture(partOf(orderId, paymentId, 1))).toEqual(lost);
    expect(await booked(orderId)).toEqual([
      ['authorize', amount.amountMinor],
      ['capture', 1_999],
      ['void', 2_201],
    ]);
  });
});

describe('an authorization that runs out', () => {
  test('is lost, twice alike', async () => {
    const { orderId, paymentId } = await inParts();
    await harness.upon(paymentId, 'expire');
    const request = partOf(orderId, paymentId, 0);
    expect(await twice(() => harness.payments.capture(request))).toEqual(lost);
    expect(await booked(orderId)).toEqual([
      ['authorize', amount.amountMinor],
      ['void', amount.amountMinor],
    ]);
  });

  test('is lost to the parts that come after, and keeps those that came before', async () => {
    const { orderId, paymentId } = await inParts();
    await harness.payments.capture(partOf(orderId, paymentId, 0));
    await harness.upon(paymentId, 'expire');
    expect(await harness.payments.capture(partOf(orderId, paymentId, 1))).toEqual(lost);
    expect(await harness.payments.capture(partOf(orderId, paymentId, 0))).toEqual(captured);
  });

  test('leaves nothing authorized when the provider says so at a part', async () => {
    const { orderId, paymentId } = await inParts();
    await harness.payments.capture(partOf(orderId, paymentId, 0));
    await harness.fault({
      service: 'payments',
      operation: 'capture',
      kind: 'refuse',
      order_id: orderId,
    });
    expect(await harness.payments.capture(partOf(orderId, paymentId, 1))).toEqual(lost);
    expect(await booked(orderId)).toEqual([
      ['authorize', amount.amountMinor],
      ['capture', 1_999],
      ['void', 2_201],
    ]);
  });
});

describe('refunding one shipment', () => {
  test('leaves the rest of the authorization open', async () => {
    const { orderId, paymentId } = await inParts();
    await harness.payments.capture(partOf(orderId, paymentId, 0));
    const request = refundOf(orderId, paymentId, 0, 'part');
    expect(await twice(() => harness.payments.refund(request))).toEqual(undone);
    expect(await harness.payments.capture(partOf(orderId, paymentId, 1))).toEqual(captured);
    expect(await booked(orderId)).toEqual([
      ['authorize', amount.amountMinor],
      ['capture', 1_999],
      ['refund', 1_999],
      ['capture', 1_501],
    ]);
  });

  test('finds nothing where only others were captured, and bars its own late capture', async () => {
    const { orderId, paymentId } = await inParts();
    await harness.payments.capture(partOf(orderId, paymentId, 0));
    const request = refundOf(orderId, paymentId, 1, 'part');
    expect(await twice(() => harness.payments.refund(request))).toEqual(nothing);
    const late = harness.payments.capture(partOf(orderId, paymentId, 1));
    await expect(late).rejects.toBeInstanceOf(ProviderRefused);
    expect(await harness.payments.capture(partOf(orderId, paymentId, 2))).toEqual(captured);
  });

  test('gives each captured shipment of an undone order back, and no other', async () => {
    const { orderId, paymentId } = await inParts();
    await harness.payments.capture(partOf(orderId, paymentId, 0));
    await harness.payments.capture(partOf(orderId, paymentId, 1));
    const results = [2, 1, 0].map((index) =>
      refundOf(orderId, paymentId, index as 0 | 1 | 2, 'order'),
    );
    const answers = [];
    for (const request of results) answers.push(await harness.payments.refund(request));
    expect(answers).toEqual([nothing, undone, undone]);
    expect(await booked(orderId)).toEqual([
      ['authorize', amount.amountMinor],
      ['capture', 1_999],
      ['capture', 1_501],
      ['void', 700],
      ['refund', 1_501],
      ['refund', 1_999],
    ]);
    expect(await harness.payments.voidAuthorization(voiding(orderId))).toEqual(nothing);
  });
});

describe('letting go of what is not captured', () => {
  const releasing = (orderId: OrderId, paymentId: string) => ({
    orderId,
    paymentId,
    idempotencyKey: `${orderId}:releaseRemainder`,
  });

  test('keeps what was captured, and is the same twice', async () => {
    const { orderId, paymentId } = await inParts();
    await harness.payments.capture(partOf(orderId, paymentId, 0));
    const request = releasing(orderId, paymentId);
    expect(await twice(() => harness.payments.releaseRemainder(request))).toEqual(undone);
    expect(await booked(orderId)).toEqual([
      ['authorize', amount.amountMinor],
      ['capture', 1_999],
      ['void', 2_201],
    ]);
  });

  test('gives a whole authorization back', async () => {
    const { orderId, paymentId } = await inParts();
    expect(await harness.payments.releaseRemainder(releasing(orderId, paymentId))).toEqual(undone);
    expect(await harness.payments.capture(partOf(orderId, paymentId, 0))).toEqual(lost);
  });

  test('finds nothing when all is captured', async () => {
    const orderId = newOrderId();
    const paymentId = await authorized(harness, orderId);
    await harness.payments.capture(capturing(orderId, paymentId));
    expect(await harness.payments.releaseRemainder(releasing(orderId, paymentId))).toEqual(nothing);
  });
});

test('voids a payment that was captured in part: the part goes back, the rest is let go of', async () => {
  const { orderId, paymentId } = await inParts();
  await harness.payments.capture(partOf(orderId, paymentId, 0));
  const refunded = { kind: 'refunded', amount: parts[0] };
  expect(await twice(() => harness.payments.voidAuthorization(voiding(orderId)))).toEqual(refunded);
  expect(await booked(orderId)).toEqual([
    ['authorize', amount.amountMinor],
    ['capture', 1_999],
    ['void', 2_201],
    ['refund', 1_999],
  ]);
});
