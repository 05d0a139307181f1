import { afterEach, expect, test } from 'vitest';

import { waitFor } from '../support/wait-for.js';
import {
  failureOf,
  paymentWebhookSecret,
  useTestSandbox,
  type ReceivedWebhook,
} from './test-sandbox.js';

const sandbox = useTestSandbox();
afterEach(() => sandbox.control('DELETE', 'faults'));

const verified = ({ body, headers }: ReceivedWebhook) => {
  const signature = String(headers['stripe-signature']);
  return sandbox.stripe.webhooks.constructEvent(body, signature, paymentWebhookSecret);
};

const allDelivered = () =>
  waitFor('the end of all deliveries', async () => {
    const { body } = await sandbox.control('GET', 'webhooks');
    return body.pending === 0;
  });

const fault = (kind: string, more: object = {}) =>
  sandbox.fault({ service: 'payments', operation: 'webhook', kind, ...more });

test('payment events have a signature that the client library accepts', async () => {
  const { id } = await sandbox.authorize('ord_signed');
  await sandbox.intents.capture(id);
  await sandbox.refunds.create({ payment_intent: id });
  const events = (await sandbox.webhooks('ord_signed', 3)).map(verified);
  expect(events.map(({ type }) => type).sort()).toEqual([
    'charge.refunded',
    'payment_intent.amount_capturable_updated',
    'payment_intent.succeeded',
  ]);
  expect(sandbox.about('ord_signed')[0]?.path).toBe('/webhooks/payments');
});

test('declined and cancelled payments are reported, and their events can be retrieved', async () => {
  const card = { payment_method: 'pm_card_visa_chargeDeclined' };
  await failureOf(sandbox.authorize('ord_reported', card));
  const { id } = await sandbox.authorize('ord_reported');
  await sandbox.intents.cancel(id);
  const events = (await sandbox.webhooks('ord_reported', 3)).map(verified);
  expect(events.map((event) => event.type)).toEqual(
    expect.arrayContaining(['payment_intent.payment_failed', 'payment_intent.canceled']),
  );
  const { id: eventId, type, data } = events[0]!;
  expect(await sandbox.stripe.events.retrieve(eventId)).toMatchObject({ id: eventId, type, data });
});

test('carrier events have a signature that the client library accepts', async () => {
  const { tracking_code } = await sandbox.buyLabel('ord_parcel');
  await sandbox.scan(tracking_code, 'in_transit');
  const webhook = (await sandbox.webhooks(tracking_code, 1))[0]!;
  expect(webhook.path).toBe('/webhooks/carrier');
  expect(sandbox.validateWebhook(webhook)).toMatchObject({
    description: 'tracker.updated',
    result: { tracking_code, status: 'in_transit' },
  });
});

test('an event is sent again when the receiver fails', async () => {
  await allDelivered();
  sandbox.webhookStatuses.push(503, 500);
  await sandbox.authorize('ord_again');
  const webhooks = await sandbox.webhooks('ord_again', 3);
  expect(new Set(webhooks.map((webhook) => verified(webhook).id)).size).toBe(1);
  await allDelivered();
  expect(sandbox.about('ord_again')).toHaveLength(3);
});

test('each event of a burst is sent once', async () => {
  const burst = 80;
  await Promise.all(Array.from({ length: burst }, () => sandbox.authorize('ord_burst')));
  await sandbox.webhooks('ord_burst', burst);
  await allDelivered();
  const ids = sandbox.about('ord_burst').map((webhook) => verified(webhook).id);
  expect(ids).toHaveLength(burst);
  expect(new Set(ids).size).toBe(burst);
});

test('the fault duplicate sends an event twice', async () => {
  await fault('duplicate');
  await sandbox.authorize('ord_twice');
  const [one, two] = (await sandbox.webhooks('ord_twice', 2)).map(verified);
  expect(two?.id).toBe(one?.id);
});

test('the fault forged sends a copy beside the real event that no signature check accepts', async () => {
  await fault('forged');
  await sandbox.authorize('ord_forged');
  const webhooks = await sandbox.webhooks('ord_forged', 2);
  const forged = webhooks.filter(({ body }) => body.includes('payment_intent.canceled'));
  expect(forged).toHaveLength(1);
  expect(() => verified(forged[0]!)).toThrow(/signature/i);
  const real = webhooks.filter((webhook) => !forged.includes(webhook)).map(verified);
  expect(real.map(({ type }) => type)).toEqual(['payment_intent.amount_capturable_updated']);

  const { tracking_code: code } = await sandbox.buyLabel('ord_forged_parcel');
  await fault('forged', { service: 'carrier' });
  await sandbox.scan(code, 'in_transit');
  const scans = await sandbox.webhooks(code, 2);
  const forgedScan = scans.find(({ body }) => body.includes('"status":"delivered"'))!;
  expect(() => sandbox.validateWebhook(forgedScan)).toThrow(/signature|webhook/i);
});

test('the fault late sends an event late', async () => {
  await fault('late', { delay_ms: 400 });
  const startMs = Date.now();
  await sandbox.authorize('ord_delayed');
  await sandbox.webhooks('ord_delayed', 1);
  expect(Date.now() - startMs).toBeGreaterThanOrEqual(400);
});

test('the fault lost never sends an event, which is counted as lost', async () => {
  await fault('lost', { order_id: 'ord_lost' });
  await sandbox.authorize('ord_lost');
  await sandbox.authorize('ord_not_lost');
  await sandbox.webhooks('ord_not_lost', 1);
  await allDelivered();
  expect(sandbox.about('ord_lost')).toEqual([]);
  expect((await sandbox.control('GET', 'webhooks')).body.lost).toBe(1);
});
