import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import {
  authorization,
  buyLabel,
  carrierWebhookSecret,
  failureOf,
  paymentWebhookSecret,
  startHarness,
  type Harness,
  type ReceivedWebhook,
} from './harness.js';
import { waitFor } from '../support/wait-for.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterEach(() => harness.control('DELETE', 'faults'));
afterAll(() => harness.stop());

const authorize = (orderId: string, changes = {}) =>
  harness.stripe.paymentIntents.create(authorization(orderId, changes));

const about = (orderId: string): readonly ReceivedWebhook[] =>
  harness.received.filter(({ body }) => body.includes(orderId));

const webhooksAbout = (orderId: string, count: number) =>
  waitFor(`${count} webhooks about ${orderId}`, () =>
    about(orderId).length >= count ? about(orderId) : false,
  );

const verified = ({ body, headers }: ReceivedWebhook) =>
  harness.stripe.webhooks.constructEvent(
    body,
    String(headers['stripe-signature']),
    paymentWebhookSecret,
  );

const allSettled = () =>
  waitFor('the end of all deliveries', async () => {
    const { body } = await harness.control('GET', 'webhooks');
    return body.pending === 0;
  });

test('signs payment events so that the client library accepts them', async () => {
  const { id } = await authorize('ord_signed');
  await harness.stripe.paymentIntents.capture(id);
  await harness.stripe.refunds.create({ payment_intent: id });
  const events = (await webhooksAbout('ord_signed', 3)).map(verified);
  expect(events.map(({ type }) => type).sort()).toEqual([
    'charge.refunded',
    'payment_intent.amount_capturable_updated',
    'payment_intent.succeeded',
  ]);
  expect(about('ord_signed')[0]?.path).toBe('/webhooks/payments');
});

test('tells of declined and of cancelled payments', async () => {
  await failureOf(authorize('ord_told', { payment_method: 'pm_card_visa_chargeDeclined' }));
  const { id } = await authorize('ord_told');
  await harness.stripe.paymentIntents.cancel(id);
  const types = (await webhooksAbout('ord_told', 3)).map((webhook) => verified(webhook).type);
  expect(types).toEqual(
    expect.arrayContaining(['payment_intent.payment_failed', 'payment_intent.canceled']),
  );
});

test('answers for an event that it sent', async () => {
  await authorize('ord_event');
  const sent = verified((await webhooksAbout('ord_event', 1))[0]!);
  const event = await harness.stripe.events.retrieve(sent.id);
  expect(event).toMatchObject({ id: sent.id, type: sent.type, data: sent.data });
});

test('signs carrier events so that the client library accepts them', async () => {
  const { tracking_code: code } = await buyLabel(harness.easypost, 'ord_parcel');
  await harness.control('POST', `carrier/${code}/events`, { status: 'in_transit' });
  const { body, headers, path } = (await webhooksAbout(code, 1))[0]!;
  expect(path).toBe('/webhooks/carrier');
  const event = harness.easypost.Utils.validateWebhook(body, headers, carrierWebhookSecret);
  expect(event).toMatchObject({
    description: 'tracker.updated',
    result: { tracking_code: code, status: 'in_transit' },
  });
});

test('tries again, with the same event, when the receiver fails', async () => {
  await allSettled();
  harness.webhookStatuses.push(503, 500);
  await authorize('ord_again');
  const webhooks = await webhooksAbout('ord_again', 3);
  expect(new Set(webhooks.map((webhook) => verified(webhook).id)).size).toBe(1);
  await allSettled();
  expect(about('ord_again')).toHaveLength(3);
});

test('sends each event of a burst once', async () => {
  const burst = 80;
  await Promise.all(Array.from({ length: burst }, () => authorize('ord_burst')));
  await webhooksAbout('ord_burst', burst);
  await allSettled();
  const ids = about('ord_burst').map((webhook) => verified(webhook).id);
  expect(ids).toHaveLength(burst);
  expect(new Set(ids).size).toBe(burst);
});

test('sends an event twice when told to', async () => {
  await harness.fault({ service: 'payments', operation: 'webhook', kind: 'duplicate' });
  await authorize('ord_twice');
  const [one, two] = (await webhooksAbout('ord_twice', 2)).map(verified);
  expect(two?.id).toBe(one?.id);
});

test('sends a forged copy that no signature check accepts, beside the real one', async () => {
  await harness.fault({ service: 'payments', operation: 'webhook', kind: 'forged' });
  await authorize('ord_forged');
  const webhooks = await webhooksAbout('ord_forged', 2);
  const forged = webhooks.filter(({ body }) => body.includes('payment_intent.canceled'));
  expect(forged).toHaveLength(1);
  expect(() => verified(forged[0]!)).toThrow(/signature/i);
  const real = webhooks.filter((webhook) => !forged.includes(webhook)).map(verified);
  expect(real.map(({ type }) => type)).toEqual(['payment_intent.amount_capturable_updated']);
});

test('sends a forged parcel event that no signature check accepts', async () => {
  const { tracking_code: code } = await buyLabel(harness.easypost, 'ord_forged_parcel');
  await harness.fault({ service: 'carrier', operation: 'webhook', kind: 'forged' });
  await harness.control('POST', `carrier/${code}/events`, { status: 'in_transit' });
  const webhooks = await webhooksAbout(code, 2);
  const forged = webhooks.find(({ body }) => body.includes('"status":"delivered"'));
  expect(() =>
    harness.easypost.Utils.validateWebhook(forged!.body, forged!.headers, carrierWebhookSecret),
  ).toThrow(/signature|webhook/i);
});

test('sends an event late when told to', async () => {
  await harness.fault({ service: 'payments', operation: 'webhook', kind: 'late', delay_ms: 400 });
  const startMs = Date.now();
  await authorize('ord_delayed');
  await webhooksAbout('ord_delayed', 1);
  expect(Date.now() - startMs).toBeGreaterThanOrEqual(400);
});

test('never sends an event that is to be lost, but still knows it', async () => {
  await harness.fault({
    service: 'payments',
    operation: 'webhook',
    kind: 'lost',
    order_id: 'ord_lost',
  });
  await authorize('ord_lost');
  await authorize('ord_not_lost');
  await webhooksAbout('ord_not_lost', 1);
  await allSettled();
  expect(about('ord_lost')).toEqual([]);
  expect((await harness.control('GET', 'webhooks')).body.lost).toBe(1);
});
