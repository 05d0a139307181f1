import { afterAll, beforeAll, expect, test } from 'vitest';

import { authorization, buyLabel, outcomeOf, startHarness, type Harness } from './harness.js';
import { waitFor } from '../support/wait-for.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ trackingPaceMs: 300 });
});
afterAll(() => harness.stop());

const authorize = (orderId: string) =>
  harness.stripe.paymentIntents.create(authorization(orderId), {
    idempotencyKey: `${orderId}:authorize`,
  });

test('keeps keys, payments and the ledger over a restart', async () => {
  const before = await authorize('ord_kept');
  await harness.restart();
  const after = await authorize('ord_kept');
  expect(after).toEqual(before);
  expect((await harness.ledger('ord_kept')).payments).toHaveLength(1);
  expect((await harness.stripe.paymentIntents.capture(before.id)).status).toBe('succeeded');
});

test('keeps faults and what is left of them over a restart', async () => {
  const fault = { service: 'payments', operation: 'authorize', kind: 'decline', times: 2 };
  await harness.fault({ ...fault, order_id: 'ord_fault' });
  const attempt = () => outcomeOf(harness.stripe.paymentIntents.create(authorization('ord_fault')));
  expect(await attempt()).toBe('card_declined');
  await harness.restart();
  expect([await attempt(), await attempt()]).toEqual(['card_declined', 'requires_capture']);
});

test('sends after a restart the webhooks that nobody took before it', async () => {
  harness.webhookStatuses.push(...(Array(50).fill(503) as number[]));
  await authorize('ord_unsent');
  await waitFor('a refused webhook', () =>
    harness.received.some(({ body }) => body.includes('ord_unsent')),
  );
  let before = 0;
  await harness.restart(() => {
    harness.webhookStatuses.length = 0;
    before = harness.received.length;
    return Promise.resolve();
  });
  await waitFor('the webhook after the restart', () =>
    harness.received.slice(before).some(({ body }) => body.includes('ord_unsent')) ? true : false,
  );
  const { body } = await harness.control('GET', 'webhooks');
  expect(body.failed).toBe(0);
});

test('moves parcels on after a restart', async () => {
  const { tracker } = await buyLabel(harness.easypost, 'ord_under_way');
  await harness.restart();
  const delivered = await waitFor('the delivery', async () => {
    const answer = await harness.easypost.Tracker.retrieve(tracker.id);
    return answer.status === 'delivered' ? answer : false;
  });
  expect(delivered.tracking_details).toHaveLength(4);
});

test('says that it is well', async () => {
  const response = await fetch(`${harness.sandbox.url}/healthz`);
  expect(response.status).toBe(200);
});
