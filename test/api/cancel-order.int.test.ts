import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import type { OrderStatus, Stage } from '../../src/domain/order-state.js';
import type { MessageOutcome } from '../../src/temporal/ask-update.js';
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
const ended = (status: OrderStatus) => ({ kind: 'taken' as const, answer: summary(status) });
const answers = (answer: MessageOutcome) => {
  workflows.updateAnswer = () => answer;
};

test('a cancel is answered 200 with the order when the workflow has cancelled it', async () => {
  answers(ended('cancelled'));
  const { body } = await cancel({ reason: 'too late', requested_by: 'support' }).expect(200);
  expect(body).toMatchObject({ id, status: 'cancelled', payment_status: 'voided' });
  expect(body).not.toHaveProperty('sent_shipments');
  const argument = { reason: 'too late', requestedBy: 'support' };
  expect(workflows.updates).toMatchObject([{ to: id, name: 'cancelOrder', argument }]);
});

test('a second cancel changes nothing', async () => {
  await setStatus('cancelled');
  const { body } = await api.unchanged(() => cancel().expect(200));
  expect(body.status).toBe('cancelled');
  expect(workflows.updates).toEqual([]);
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
    expect(workflows.updates).toEqual([]);
  },
);

test.each<[string, () => MessageOutcome, object]>([
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
  answers(answer());
  const { body } = await cancel().expect(409);
  expect(body).toMatchObject({ code: 'order_not_cancellable', ...members });
});

describe('a cancel of an order that continues with some of its parcels', () => {
  const cancelled = [shipmentIdOf('ord_00000000000000000000000001')];
  const sent = [shipmentIdOf('ord_00000000000000000000000002')];
  beforeEach(() => {
    const result = { ...summary('shipped'), shipments: { cancelled, sent } };
    answers({ kind: 'taken', answer: result });
  });

  test('is answered with the order, and which parcels are stopped and which are not', async () => {
    const { body } = await cancel().expect(200);
    const shipments = { cancelled_shipments: cancelled, sent_shipments: sent };
    expect(body).toMatchObject({ id, status: 'shipped', ...shipments });
  });

  test('is answered alike the second time under the same key, and not asked again', async () => {
    await setStatus('confirmed');
    const key = randomUUID();
    const again = () => cancel(undefined, key).expect(200);
    expect((await again()).body).toEqual((await again()).body);
    expect(workflows.updates).toHaveLength(1);
  });
});

describe('while the workflow has no answer', () => {
  test.each<[string, MessageOutcome]>([
    ['is not started yet', { kind: 'gone' }],
    ['still compensates', { kind: 'waiting' }],
    ['is out of reach', { kind: 'waiting', cause: away }],
  ])('a cancel is answered 202 with the address of the message: it %s', async (_why, answer) => {
    answers(answer);
    const { body, headers } = await cancel().expect(202);
    expect(body.status).toBe('pending');
    const message = await api.read(headers['location'] as string);
    expect(message).toMatchObject({ order_id: id, kind: 'cancelOrder', state: 'waiting' });
    expect(JSON.stringify([body, message])).not.toContain('away');
  });

  test('a cancel is answered from the row when the order ended while it was asked', async () => {
    workflows.updateAnswer = async () => {
      await setStatus('cancelled');
      return { kind: 'gone' };
    };
    const { body } = await cancel().expect(200);
    expect(body.status).toBe('cancelled');
  });
});

test('a cancel under a key of another cancel is refused', async () => {
  answers({ kind: 'waiting' });
  const key = randomUUID();
  await cancel(undefined, key).expect(202);
  const { body } = await cancel({ reason: 'another one' }, key).expect(422);
  expect(body.code).toBe('idempotency_key_reused');
  await cancel(undefined, 'short').expect(400);
});
