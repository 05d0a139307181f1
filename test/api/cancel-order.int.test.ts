import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import type { OrderStatus, Stage } from '../../src/domain/order-state.js';
import { away, placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let id: OrderId;
beforeEach(async () => {
  ({ id } = await placeOrder(api));
});

const cancel = (body: object = { reason: 'changed my mind' }, key?: string) =>
  api.post(`/v1/orders/${id}/cancel`, body, key);

const setStatus = (status: OrderStatus) => api.setOrder(id, status);

const summary = (status: OrderStatus, stage: Stage = 'done') => ({
  orderId: id,
  status,
  stage,
  paymentStatus: 'voided' as const,
  fulfillmentStatus: 'none' as const,
  since: new Date().toISOString(),
  needsAttention: false,
});
const ended = (status: OrderStatus) => ({ kind: 'done' as const, result: summary(status) });

test('a cancel is answered 200 with the order when the workflow has cancelled it', async () => {
  workflows.cancelAnswer = ended('cancelled');
  const { body } = await cancel({ reason: 'too late', requested_by: 'support' }).expect(200);
  expect(body).toMatchObject({ id, status: 'cancelled', payment_status: 'voided' });
  expect(body).not.toHaveProperty('sent_shipments');
  expect(workflows.cancels).toEqual([
    [id, { reason: 'too late', requestedBy: 'support' }, expect.any(String)],
  ]);
});

test('a cancel is answered 202 while the order is compensating', async () => {
  workflows.cancelAnswer = { kind: 'in_progress' };
  await setStatus('compensating');
  const { body } = await cancel().expect(202);
  expect(body.status).toBe('compensating');
});

test('a second cancel changes nothing', async () => {
  await setStatus('cancelled');
  const { body } = await api.unchanged(() => cancel().expect(200));
  expect(body.status).toBe('cancelled');
  expect(workflows.cancels).toEqual([]);
});

test.each([
  ['shipped', ['return']],
  ['delivered', ['return']],
  ['rejected', []],
] as const)(
  'a cancel of an order that is %s is refused with what is possible instead: %j',
  async (status, alternatives) => {
    await setStatus(status);
    const { body } = await api.unchanged(() => cancel().expect(409));
    const code = 'order_not_cancellable';
    expect(body).toMatchObject({ code, current_status: status, alternatives });
    expect(workflows.cancels).toEqual([]);
  },
);

test.each<[string, () => typeof workflows.cancelAnswer, object]>([
  ['refuses it', () => ({ kind: 'refused' }), {}],
  [
    'refuses it, as the carrier has the parcel',
    () => ({ kind: 'refused', reason: 'it has left', summary: summary('shipped', 'delivery') }),
    { current_status: 'shipped', alternatives: ['return'] },
  ],
  [
    'refuses it with a reason before the order counts as shipped',
    () => ({ kind: 'refused', reason: 'it has left', summary: summary('confirmed', 'hand_over') }),
    { current_status: 'confirmed', detail: 'it has left' },
  ],
  ['ended another way meanwhile', () => ended('failed'), { current_status: 'failed' }],
])('a cancel is refused when the workflow %s', async (_what, answer, members) => {
  workflows.cancelAnswer = answer();
  const { body } = await cancel().expect(409);
  expect(body).toMatchObject({ code: 'order_not_cancellable', ...members });
});

describe('a cancel of an order that goes on with some of its parcels', () => {
  const cancelled = [shipmentIdOf('ord_00000000000000000000000001')];
  const sent = [shipmentIdOf('ord_00000000000000000000000002')];
  beforeEach(() => {
    const result = { ...summary('shipped'), shipments: { cancelled, sent } };
    workflows.cancelAnswer = { kind: 'done', result };
  });

  test('is answered with the order, and which parcels are stopped and which are not', async () => {
    const { body } = await cancel().expect(200);
    const shipments = { cancelled_shipments: cancelled, sent_shipments: sent };
    expect(body).toMatchObject({ id, status: 'shipped', ...shipments });
  });

  test('is answered alike the second time, by its workflow, under the same key', async () => {
    await setStatus('shipped');
    const key = randomUUID();
    const again = () => cancel(undefined, key).expect(200);
    expect((await again()).body).toEqual((await again()).body);
    expect(workflows.cancels.map(([, , updateId]) => updateId)).toEqual([key, key]);
  });
});

describe('when the workflow cannot be asked', () => {
  test.each([
    ['is not started yet', { kind: 'gone' as const }],
    ['is out of reach', { kind: 'unavailable' as const, cause: away }],
  ])('a cancel is answered 503 because it %s', async (_why, answer) => {
    workflows.cancelAnswer = answer;
    const { body, headers } = await cancel().expect(503);
    expect(body.code).toBe('temporal_unavailable');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(JSON.stringify(body)).not.toContain('away');
  });

  test('a cancel is answered from the row when the order ended while it was asked', async () => {
    workflows.cancel = async () => {
      await setStatus('cancelled');
      return { kind: 'gone' };
    };
    const { body } = await cancel().expect(200);
    expect(body.status).toBe('cancelled');
  });
});

test('a cancel asks the workflow under the idempotency key of the client', async () => {
  workflows.cancelAnswer = { kind: 'in_progress' };
  const key = randomUUID();
  await cancel(undefined, key).expect(202);
  expect(workflows.cancels[0]?.[2]).toBe(key);
  await cancel(undefined, 'short').expect(400);
});
