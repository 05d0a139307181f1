import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import type { OrderStatus } from '../../src/domain/order-state.js';
import { away, placeOrder, rowCounts, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let id: OrderId;
beforeEach(async () => {
  ({ id } = await placeOrder(api));
});

const orderIdOf = (number: number): OrderId => `ord_0000000000000000000000000${number}`;

const cancel = (orderId: string, body: object = { reason: 'changed my mind' }) =>
  api.http.post(`/v1/orders/${orderId}/cancel`).send(body);

const setStatus = (status: OrderStatus) =>
  sql`update orders.orders set status = ${status} where id = ${id}`.execute(api.database);

const ended = (status: OrderStatus) => ({
  kind: 'done' as const,
  result: {
    orderId: id,
    status,
    stage: 'done' as const,
    paymentStatus: 'voided' as const,
    fulfillmentStatus: 'none' as const,
    since: new Date().toISOString(),
    needsAttention: false,
  },
});

test('a cancel is answered 200 with the order when the workflow has cancelled it', async () => {
  workflows.cancelAnswer = ended('cancelled');
  const { body } = await cancel(id, { reason: 'too late', requested_by: 'support' }).expect(200);
  expect(body).toMatchObject({ id, status: 'cancelled', payment_status: 'voided' });
  expect(workflows.cancels).toEqual([
    [id, { reason: 'too late', requestedBy: 'support' }, expect.any(String)],
  ]);
});

test('a cancel is answered 202 while the order is compensating', async () => {
  workflows.cancelAnswer = { kind: 'in_progress' };
  await setStatus('compensating');
  const { body } = await cancel(id).expect(202);
  expect(body.status).toBe('compensating');
});

test('a second cancel changes nothing', async () => {
  await setStatus('cancelled');
  const before = await rowCounts(api.database);
  const { body } = await cancel(id).expect(200);
  expect(body.status).toBe('cancelled');
  expect(workflows.cancels).toEqual([]);
  expect(await rowCounts(api.database)).toEqual(before);
});

test.each(['shipped', 'delivered'] as const)(
  'a cancel of an order that is %s is refused, and a return is offered',
  async (status) => {
    await setStatus(status);
    const before = await rowCounts(api.database);
    const { body } = await cancel(id).expect(409);
    expect(body).toMatchObject({
      code: 'order_not_cancellable',
      current_status: status,
      alternatives: ['return'],
    });
    expect(await rowCounts(api.database)).toEqual(before);
  },
);

test('a cancel of a rejected order is refused', async () => {
  await setStatus('rejected');
  const { body } = await cancel(id).expect(409);
  expect(body).toMatchObject({ current_status: 'rejected', alternatives: [] });
});

test('a cancel that the workflow refuses is refused', async () => {
  workflows.cancelAnswer = { kind: 'refused' };
  const { body } = await cancel(id).expect(409);
  expect(body.code).toBe('order_not_cancellable');
});

test('a cancel is refused with the order’s state when the carrier has the parcel', async () => {
  const summary = { ...ended('shipped').result, stage: 'delivery' as const };
  workflows.cancelAnswer = { kind: 'refused', reason: 'the parcel has left', summary };
  const { body } = await cancel(id).expect(409);
  expect(body).toMatchObject({
    code: 'order_not_cancellable',
    current_status: 'shipped',
    alternatives: ['return'],
  });
});

test('a cancel is refused with the workflow’s reason before the order counts as shipped', async () => {
  const summary = { ...ended('confirmed').result, stage: 'hand_over' as const };
  workflows.cancelAnswer = { kind: 'refused', reason: 'the parcel has left', summary };
  const { body } = await cancel(id).expect(409);
  expect(body).toMatchObject({ current_status: 'confirmed', detail: 'the parcel has left' });
});

describe('an order that goes on with some of its parcels', () => {
  const shipments = { cancelled: [shipmentIdOf(orderIdOf(1))], sent: [shipmentIdOf(orderIdOf(2))] };
  const partly = () => {
    const { result: summary } = ended('shipped');
    return { kind: 'done' as const, result: { ...summary, shipments } };
  };

  test('is answered with the order, and which parcels are stopped and which are not', async () => {
    workflows.cancelAnswer = partly();
    const { body } = await cancel(id).expect(200);
    expect(body).toMatchObject({
      id,
      status: 'shipped',
      cancelled_shipments: shipments.cancelled,
      sent_shipments: shipments.sent,
    });
  });

  test('is answered alike the second time, by its workflow, under the same key', async () => {
    workflows.cancelAnswer = partly();
    await setStatus('shipped');
    const key = randomUUID();
    const again = () => cancel(id).set('Idempotency-Key', key).expect(200);
    expect((await again()).body).toEqual((await again()).body);
    expect(workflows.cancels.map(([, , updateId]) => updateId)).toEqual([key, key]);
  });

  test('is refused to whoever asks anew', async () => {
    await setStatus('shipped');
    await cancel(id).expect(409);
    expect(workflows.cancels).toEqual([]);
  });
});

test('a cancel of the whole order is answered without shipments', async () => {
  workflows.cancelAnswer = ended('cancelled');
  const { body } = await cancel(id).expect(200);
  expect(body).not.toHaveProperty('sent_shipments');
});

test('a cancel is refused when the order ended another way meanwhile', async () => {
  workflows.cancelAnswer = ended('failed');
  const { body } = await cancel(id).expect(409);
  expect(body.current_status).toBe('failed');
});

describe('when the workflow cannot be asked', () => {
  test.each([
    ['is not started yet', { kind: 'gone' as const }],
    ['is out of reach', { kind: 'unavailable' as const, cause: away }],
  ])('answers 503 because it %s', async (_why, answer) => {
    workflows.cancelAnswer = answer;
    const { body, headers } = await cancel(id).expect(503);
    expect(body.code).toBe('temporal_unavailable');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(JSON.stringify(body)).not.toContain('away');
  });

  test('answers from the row when the order ended while it was asked', async () => {
    workflows.cancel = async () => {
      await setStatus('cancelled');
      return { kind: 'gone' };
    };
    const { body } = await cancel(id).expect(200);
    expect(body.status).toBe('cancelled');
  });
});

test('a cancel asks the workflow under the idempotency key of the client', async () => {
  workflows.cancelAnswer = { kind: 'in_progress' };
  const key = randomUUID();
  await cancel(id).set('Idempotency-Key', key).expect(202);
  expect(workflows.cancels[0]?.[2]).toBe(key);
  await cancel(id).set('Idempotency-Key', 'short').expect(400);
});

test.each([
  ['no reason', {}, '/reason'],
  ['a blank reason', { reason: ' ' }, '/reason'],
  ['an e-mail address as name', { reason: 'x', requested_by: 'a@b.c' }, '/requested_by'],
  ['an unknown member', { reason: 'x', force: true }, '/force'],
])('a cancel with %s is refused without asking the workflow', async (_mistake, body, pointer) => {
  const response = await cancel(id, body).expect(422);
  expect(response.body.errors).toMatchObject([{ pointer }]);
  expect(workflows.cancels).toEqual([]);
});

test('a cancel of an order that does not exist is answered 404', async () => {
  const { body } = await cancel('ord_00000000000000000000000000').expect(404);
  expect(body.code).toBe('order_not_found');
  await cancel('nonsense').expect(404);
});
