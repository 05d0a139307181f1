import { describe, expect, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import type { OrderId } from '../../src/domain/ids.js';
import { newOrderId } from './own-database.js';
import { twice, useTestProviders } from './providers.js';
import { capturing, eur, refunding, voiding } from './requests.js';

const providers = useTestProviders();

type CaptureRequest = ReturnType<typeof capturing>;

const lost = { kind: 'authorization_lost' };
const captured = { kind: 'captured' };
const undone = { kind: 'undone' };
const nothing = { kind: 'nothing_to_undo' };

/** 42.00 EUR in three shipments. */
const parts = [eur(1_999), eur(1_501), eur(700)] as const;

const partOf = (orderId: OrderId, paymentId: string, index: 0 | 1 | 2, isPart = index < 2) =>
  capturing(orderId, paymentId, { amount: parts[index], isPart }, index);

const refundOf = (orderId: OrderId, paymentId: string, index: 0 | 1 | 2, scope: 'order' | 'part') =>
  refunding(orderId, paymentId, { amount: parts[index], scope }, index);

async function inParts() {
  const orderId = newOrderId();
  return { orderId, paymentId: await providers.authorized(orderId, { inParts: true }) };
}

/** The first of three shipments is captured. */
async function firstPartCaptured() {
  const { orderId, paymentId } = await inParts();
  await providers.payments.capture(partOf(orderId, paymentId, 0));
  return { orderId, paymentId };
}

async function wholeCaptured() {
  const orderId = newOrderId();
  return { orderId, paymentId: await providers.captured(orderId) };
}

describe.each(['the whole order', 'a part of it'])('capturing %s', (what) => {
  const isPart = what !== 'the whole order';
  const authorized = async () => {
    const { orderId, paymentId } = await inParts();
    return isPart ? partOf(orderId, paymentId, 0) : capturing(orderId, paymentId);
  };
  const booked = ['authorize 4200', isPart ? 'capture 1999' : 'capture 4200'];

  test('takes the money once, under the key of its step', async () => {
    const request = await authorized();
    expect(await twice(() => providers.payments.capture(request))).toEqual(captured);
    expect(await providers.paid(request.orderId)).toEqual(booked);
    const { payments } = await providers.ledger(request.orderId);
    expect(payments[1]?.idempotency_key).toBe(request.idempotencyKey);
  });

  test.each<[string, (request: CaptureRequest) => Promise<unknown>]>([
    [
      'the answer was lost',
      async (request) => {
        await providers.fault('payments', 'capture', 'drop_response', request.orderId);
        const unanswered = providers.payments.capture(request);
        await expect(unanswered).rejects.toBeInstanceOf(ProviderUnavailable);
      },
    ],
    [
      'the provider has forgotten the key',
      async (request) => {
        await providers.payments.capture(request);
        await providers.forgetKeys();
      },
    ],
  ])('takes the money once though %s', async (_what, before) => {
    const request = await authorized();
    await before(request);
    expect(await providers.payments.capture(request)).toEqual(captured);
    expect(await providers.paid(request.orderId)).toEqual(booked);
  });

  test('finds the authorization lost when the provider says so, and leaves nothing open', async () => {
    const request = await authorized();
    await providers.fault('payments', 'capture', 'refuse', request.orderId);
    expect(await twice(() => providers.payments.capture(request))).toEqual(lost);
    expect(await providers.paid(request.orderId)).toEqual(['authorize 4200', 'void 4200']);
  });

  test('finds the authorization lost once it was voided', async () => {
    const request = await authorized();
    await providers.payments.voidAuthorization(voiding(request.orderId));
    expect(await providers.payments.capture(request)).toEqual(lost);
  });
});

test('a capture of a payment that does not exist is refused for good', async () => {
  const request = capturing(newOrderId(), 'pi_of_nobody');
  await expect(providers.payments.capture(request)).rejects.toBeInstanceOf(ProviderRefused);
});

test('a part does not take the capture of another part for its own', async () => {
  const { orderId, paymentId } = await firstPartCaptured();
  await providers.payments.capture(partOf(orderId, paymentId, 1, false));
  expect(await providers.payments.capture(partOf(orderId, paymentId, 2))).toEqual(lost);
  expect(await providers.payments.capture(partOf(orderId, paymentId, 0))).toEqual(captured);
});

test('a card that can be captured once gives one part and loses the rest', async () => {
  const orderId = newOrderId();
  const paymentId = await providers.authorized(orderId);
  const request = partOf(orderId, paymentId, 0);
  expect(await twice(() => providers.payments.capture(request))).toEqual(captured);
  expect(await providers.payments.capture(partOf(orderId, paymentId, 1))).toEqual(lost);
  expect(await providers.paid(orderId)).toEqual(['authorize 4200', 'capture 1999', 'void 2201']);
});

test('an authorization that expires is lost to later parts and keeps earlier ones', async () => {
  const { orderId, paymentId } = await firstPartCaptured();
  await providers.upon(paymentId, 'expire');
  const late = partOf(orderId, paymentId, 1);
  expect(await twice(() => providers.payments.capture(late))).toEqual(lost);
  expect(await providers.payments.capture(partOf(orderId, paymentId, 0))).toEqual(captured);
  expect(await providers.paid(orderId)).toEqual(['authorize 4200', 'capture 1999', 'void 2201']);
});

describe('refunding one shipment of several', () => {
  test('leaves the rest of the authorization open', async () => {
    const { orderId, paymentId } = await firstPartCaptured();
    const request = refundOf(orderId, paymentId, 0, 'part');
    expect(await twice(() => providers.payments.refund(request))).toEqual(undone);
    expect(await providers.payments.capture(partOf(orderId, paymentId, 1))).toEqual(captured);
    expect((await providers.paid(orderId)).slice(2)).toEqual(['refund 1999', 'capture 1501']);
  });

  test('finds nothing where only others were captured, and bars its own late capture', async () => {
    const { orderId, paymentId } = await firstPartCaptured();
    const request = refundOf(orderId, paymentId, 1, 'part');
    expect(await twice(() => providers.payments.refund(request))).toEqual(nothing);
    const late = providers.payments.capture(partOf(orderId, paymentId, 1));
    await expect(late).rejects.toBeInstanceOf(ProviderRefused);
    expect(await providers.payments.capture(partOf(orderId, paymentId, 2))).toEqual(captured);
  });

  test('gives back every captured shipment of an order that is compensated, and no other', async () => {
    const { orderId, paymentId } = await firstPartCaptured();
    await providers.payments.capture(partOf(orderId, paymentId, 1));
    const answers = [];
    for (const index of [2, 1, 0] as const) {
      const request = refundOf(orderId, paymentId, index, 'order');
      answers.push(await providers.payments.refund(request));
    }
    expect(answers).toEqual([nothing, undone, undone]);
    expect((await providers.paid(orderId)).slice(3)).toEqual([
      'void 700',
      'refund 1501',
      'refund 1999',
    ]);
    expect(await providers.payments.voidAuthorization(voiding(orderId))).toEqual(nothing);
  });
});

describe('releasing what is not captured', () => {
  test.each<[string, () => ReturnType<typeof inParts>, object, string[]]>([
    ['keeps what was captured', firstPartCaptured, undone, ['capture 1999', 'void 2201']],
    ['releases a whole authorization', inParts, undone, ['void 4200']],
    ['finds nothing when all is captured', wholeCaptured, nothing, ['capture 4200']],
  ])('%s, twice alike', async (_title, prepare, answer, books) => {
    const { orderId, paymentId } = await prepare();
    const request = { orderId, paymentId, idempotencyKey: `${orderId}:releaseRemainder` };
    expect(await twice(() => providers.payments.releaseRemainder(request))).toEqual(answer);
    expect((await providers.paid(orderId)).slice(1)).toEqual(books);
  });
});

test('a void refunds the captured part of a payment and releases the rest', async () => {
  const { orderId } = await firstPartCaptured();
  const refunded = { kind: 'refunded', amount: parts[0] };
  expect(await twice(() => providers.payments.voidAuthorization(voiding(orderId)))).toEqual(
    refunded,
  );
  expect((await providers.paid(orderId)).slice(2)).toEqual(['void 2201', 'refund 1999']);
});

const refundedOnce = ['authorize 4200', 'capture 4200', 'refund 4200'];

test.each<[string, (request: ReturnType<typeof refunding>) => Promise<unknown>]>([
  ['it is asked for twice', (request) => providers.payments.refund(request)],
  [
    'its answer was lost',
    async (request) => {
      await providers.fault('payments', 'refund', 'drop_response', request.orderId);
      await expect(providers.payments.refund(request)).rejects.toBeInstanceOf(ProviderUnavailable);
    },
  ],
  [
    'somebody else has made it',
    (request) => providers.payments.refund({ ...request, idempotencyKey: 'by hand' }),
  ],
])('a refund of an order is made once, though %s', async (_what, before) => {
  const orderId = newOrderId();
  const request = refunding(orderId, await providers.captured(orderId));
  await before(request);
  expect(await providers.payments.refund(request)).toEqual(undone);
  expect(await providers.paid(orderId)).toEqual(refundedOnce);
});

test('a refund whose key the provider has forgotten is made once', async () => {
  const orderId = newOrderId();
  const part = { amount: eur(1_000), scope: 'part' } as const;
  const request = refunding(orderId, await providers.captured(orderId), part);
  await providers.payments.refund(request);
  await providers.forgetKeys();
  expect(await providers.payments.refund(request)).toEqual(undone);
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

test('a refund before the capture finds nothing and bars a late capture', async () => {
  const orderId = newOrderId();
  const paymentId = await providers.authorized(orderId);
  expect(await providers.payments.refund(refunding(orderId, paymentId))).toEqual(nothing);
  const late = providers.payments.capture(capturing(orderId, paymentId));
  expect(await late).toEqual(lost);
  expect(await providers.payments.voidAuthorization(voiding(orderId))).toEqual(undone);
  expect(await providers.paid(orderId)).toEqual(['authorize 4200', 'void 4200']);
});
