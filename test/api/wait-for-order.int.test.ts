import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { anOrderRequest, useTestApi } from '../support/test-api.js';
import { waitFor } from '../support/wait-for.js';

const api = useTestApi();
const { workflows } = api;

const post = (body: object, headers: Record<string, string> = {}) =>
  api.http
    .post('/v1/orders')
    .set({ 'Idempotency-Key': randomUUID(), ...headers })
    .send(body);

const setStatus = (id: string, status: 'confirmed' | 'compensating' | 'rejected') =>
  sql`
      update orders.orders set status = ${status} where id = ${id}`.execute(api.database);

test('Prefer: wait is answered 201 once the order is confirmed', async () => {
  const waiting = post(anOrderRequest(), { Prefer: 'respond-async, wait=20' }).then((r) => r);
  await waitFor('the start of the order', () => workflows.started.length === 1);
  await setStatus(workflows.started[0]!.orderId, 'confirmed');
  const { status, body, headers } = await waiting;
  expect(status).toBe(201);
  expect(body.status).toBe('confirmed');
  expect(headers['preference-applied']).toBe('wait=20');
  expect(headers['location']).toBe(`/v1/orders/${body.id}`);
});

test('Prefer: wait is answered once the order has ended, not while it compensates', async () => {
  let isAnswered = false;
  const waiting = post(anOrderRequest(), { Prefer: 'wait=20' }).then((response) => {
    isAnswered = true;
    return response;
  });
  await waitFor('the start of the order', () => workflows.started.length === 1);
  const { orderId } = workflows.started[0]!;
  await setStatus(orderId, 'compensating');
  await aRoundOfWaiting();
  expect(isAnswered).toBe(false);

  await setStatus(orderId, 'rejected');
  const { status, body } = await waiting;
  expect([status, body.status]).toEqual([201, 'rejected']);
});

/** All waiting orders are looked at together: once another one is answered, all were looked at. */
async function aRoundOfWaiting(): Promise<void> {
  const other = post(anOrderRequest(), { Prefer: 'wait=20' }).then((response) => response);
  await waitFor('the start of the order', () => workflows.started.length === 2);
  await setStatus(workflows.started[1]!.orderId, 'confirmed');
  expect((await other).status).toBe(201);
}

test('Prefer: wait is answered 202 when the time is up', async () => {
  const { body, headers } = await post(anOrderRequest(), { Prefer: 'wait=1' }).expect(202);
  expect(body.status).toBe('pending');
  expect(headers['preference-applied']).toBe('wait=1');
});

test('an unreadable preference does not wait', async () => {
  const { headers } = await post(anOrderRequest(), { Prefer: 'wait=soon' }).expect(202);
  expect(headers['preference-applied']).toBeUndefined();
});
