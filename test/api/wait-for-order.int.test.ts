import { expect, test } from 'vitest';
import { useTestApi } from '../support/test-api.js';
import { waitFor } from '../support/wait-for.js';

const api = useTestApi();
const { workflows } = api;

const place = (prefer: string) => api.postOrder(undefined, { Prefer: prefer });

test('Prefer: wait is answered 201 once the order is confirmed', async () => {
  const waiting = place('respond-async, wait=20').then((r) => r);
  await waitFor('the start of the order', () => workflows.started.length === 1);
  await api.setOrder(workflows.started[0]!.orderId, 'confirmed');
  const { status, body, headers } = await waiting;
  expect(status).toBe(201);
  expect(body.status).toBe('confirmed');
  expect(headers['preference-applied']).toBe('wait=20');
  expect(headers['location']).toBe(`/v1/orders/${body.id}`);
});

test('Prefer: wait is answered once the order has ended, not while it compensates', async () => {
  let isAnswered = false;
  const waiting = place('wait=20').then((response) => {
    isAnswered = true;
    return response;
  });
  await waitFor('the start of the order', () => workflows.started.length === 1);
  const { orderId } = workflows.started[0]!;
  await api.setOrder(orderId, 'compensating');
  await aRoundOfWaiting();
  expect(isAnswered).toBe(false);

  await api.setOrder(orderId, 'rejected');
  const { status, body } = await waiting;
  expect([status, body.status]).toEqual([201, 'rejected']);
});

/** All waiting orders are looked at together: once another one is answered, all were looked at. */
async function aRoundOfWaiting(): Promise<void> {
  const other = place('wait=20').then((response) => response);
  await waitFor('the start of the order', () => workflows.started.length === 2);
  await api.setOrder(workflows.started[1]!.orderId, 'confirmed');
  expect((await other).status).toBe(201);
}

test('Prefer: wait is answered 202 when the time is up', async () => {
  const { body, headers } = await place('wait=1').expect(202);
  expect(body.status).toBe('pending');
  expect(headers['preference-applied']).toBe('wait=1');
});

test('an unreadable preference does not wait', async () => {
  const { headers } = await place('wait=soon').expect(202);
  expect(headers['preference-applied']).toBeUndefined();
});
