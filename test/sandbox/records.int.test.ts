import { describe, expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.js';
import { outcomeOf, useTestSandbox } from './test-sandbox.js';

const sandbox = useTestSandbox({ trackingPaceMs: 300 });

const authorize = (orderId: string) => sandbox.authorize(orderId, {}, `${orderId}:authorize`);

test('keys, payments and the ledger survive a restart', async () => {
  const before = await authorize('ord_kept');
  await sandbox.restart();
  expect(await authorize('ord_kept')).toEqual(before);
  expect(await sandbox.paid('ord_kept')).toEqual(['authorize 2500']);
  expect((await sandbox.intents.capture(before.id)).status).toBe('succeeded');
});

test('faults and what is left of them survive a restart', async () => {
  const fault = { service: 'payments', operation: 'authorize', kind: 'decline', times: 2 };
  await sandbox.fault({ ...fault, order_id: 'ord_fault' });
  const attempt = () => outcomeOf(sandbox.authorize('ord_fault'));
  expect(await attempt()).toBe('card_declined');
  await sandbox.restart();
  expect([await attempt(), await attempt()]).toEqual(['card_declined', 'requires_capture']);
});

test('webhooks that were not accepted before a restart are sent after it', async () => {
  const isReceived = (from: number) =>
    sandbox.received.slice(from).some(({ body }) => body.includes('ord_unsent'));
  sandbox.webhookStatuses.push(...(Array(50).fill(503) as number[]));
  await authorize('ord_unsent');
  await waitFor('a refused webhook', () => isReceived(0));
  let before = 0;
  await sandbox.restart(() => {
    sandbox.webhookStatuses.length = 0;
    before = sandbox.received.length;
  });
  await waitFor('the webhook after the restart', () => isReceived(before));
  expect((await sandbox.control('GET', 'webhooks')).body.failed).toBe(0);
});

test('parcels move on after a restart', async () => {
  const { tracker } = await sandbox.buyLabel('ord_under_way');
  await sandbox.restart();
  await waitFor('the delivery', async () => {
    const statuses = await sandbox.statusesOf(tracker.id);
    return statuses.length === 4 && statuses.at(-1) === 'delivered';
  });
});

test.each([
  ['/healthz', 200],
  ['/v1/payment_intents', 401],
  ['/easypost/v2/shipments', 401],
])('without a key the sandbox answers %s with %i', async (path, status) => {
  expect((await fetch(`${sandbox.url}${path}`)).status).toBe(status);
});

const automatic = { capture_method: 'automatic' as const };

describe('a dispute', () => {
  const dispute = (id: string, body: object = {}) =>
    sandbox.control('POST', `payments/${id}/dispute`, body);

  test('names its payment, has no metadata and is sent by webhook', async () => {
    const { id, latest_charge: charge } = await sandbox.authorize('ord_dispute', automatic);
    const { body } = await dispute(id, { amount: 700 });
    expect(body).toMatchObject({
      id: expect.stringMatching(/^du_/),
      object: 'dispute',
      amount: 700,
      currency: 'eur',
      charge,
      payment_intent: id,
      metadata: {},
    });
    const sent = (await sandbox.webhooks('charge.dispute.created', 1))[0]!.body.toString();
    expect(JSON.parse(sent)).toMatchObject({ data: { object: body } });
  });

  test('is about all that was captured unless an amount is given, and needs a capture', async () => {
    const { id } = await sandbox.authorize('ord_dispute_all', automatic);
    expect((await dispute(id)).body).toMatchObject({ amount: 2_500 });
    const { id: unpaid } = await sandbox.authorize('ord_dispute_none');
    expect((await dispute(unpaid)).status).toBe(404);
  });
});

test('a capture and an update add metadata to a payment, and an empty value removes it', async () => {
  const { id } = await sandbox.authorize('ord_metadata');
  await sandbox.intents.update(id, { metadata: { note: 'a', mark: 'b' } });
  const { metadata } = await sandbox.intents.capture(id, { metadata: { part: '1', note: '' } });
  expect(metadata).toEqual({ order_id: 'ord_metadata', mark: 'b', part: '1' });
});

test('a search finds payments by their metadata and state', async () => {
  const { id } = await sandbox.authorize('ord_search');
  const found = async (status: string) => {
    const query = `metadata['order_id']:'ord_search' AND status:'${status}'`;
    return (await sandbox.intents.search({ query })).data.map((intent) => intent.id);
  };
  expect(await found('requires_capture')).toEqual([id]);
  expect(await found('succeeded')).toEqual([]);
});

test('payments are listed newest first, page by page', async () => {
  const older = await sandbox.authorize('ord_list');
  const newer = await sandbox.authorize('ord_list');
  const created = { gte: older.created };
  const first = await sandbox.intents.list({ created, limit: 1 });
  expect(first).toMatchObject({ data: [{ id: newer.id }], has_more: true });
  const second = await sandbox.intents.list({ created, limit: 1, starting_after: newer.id });
  expect(second.data[0]?.id).toBe(older.id);
  const future = await sandbox.intents.list({ created: { gte: newer.created + 3_600 } });
  expect(future.data).toEqual([]);
});
