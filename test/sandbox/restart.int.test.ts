import { expect, test } from 'vitest';

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

test('the health check answers 200', async () => {
  expect((await fetch(`${sandbox.url}/healthz`)).status).toBe(200);
});
