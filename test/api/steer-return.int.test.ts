import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { postgresReturns } from '../../src/adapters/postgres-returns.js';
import type { OrderId, ReturnId } from '../../src/domain/ids.js';
import type { Fact } from '../../src/domain/facts.js';
import { deliver } from '../support/delivered-order.js';
import { away, placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let orderId: OrderId;
let returnId: ReturnId;
beforeEach(async () => {
  ({ id: orderId } = await placeOrder(api));
  await deliver(api.database, orderId, {
    totalMinor: 1780,
    parcels: [[{ sku: 'TEA-100', quantity: 2 }]],
  });
  const { body } = await api.http
    .post('/v1/returns')
    .set('Idempotency-Key', randomUUID())
    .send({ order_id: orderId, lines: [{ sku: 'TEA-100', quantity: 2, reason: 'damaged' }] })
    .expect(202);
  returnId = body.id as ReturnId;
  workflows.updateAnswer = () => ({ kind: 'done', result: {} });
});

const post = (action: string, body: object) =>
  api.http.post(`/v1/returns/${returnId}/${action}`).send(body);
const inspection = (...lines: object[]) => post('inspection', { by: 'warehouse-7', lines });
const found = (quantity: number, verdict = 'restock', sku = 'TEA-100') => ({
  sku,
  quantity,
  verdict,
});
/** As the workflow would write it. */
const write = (...facts: Fact[]) =>
  postgresReturns(api.database).record({ orderId, returnId, key: randomUUID(), facts });

describe('a return that waits for approval', () => {
  test.each([
    ['approve', 'approve'],
    ['reject', 'reject'],
  ])('is asked to %s, and answered with what became of it', async (action, decision) => {
    workflows.updateAnswer = async () => {
      await write({ type: 'return.approved', returnId, by: 'mia' });
      return { kind: 'done', result: {} };
    };
    const { body } = await post(action, { reason: 'a photo was sent', by: 'mia' }).expect(200);
    expect(body).toMatchObject({ id: returnId, status: 'awaiting_goods' });
    expect(workflows.updates).toMatchObject([
      {
        to: returnId,
        name: 'approveReturn',
        argument: { decision, by: 'mia', reason: 'a photo was sent' },
      },
    ]);
  });

  test('answers 202 while the workflow has not said yet', async () => {
    workflows.updateAnswer = () => ({ kind: 'in_progress' });
    await post('approve', { reason: 'x' }).expect(202);
  });

  test('is asked under the key of the client', async () => {
    const key = randomUUID();
    await post('approve', { reason: 'x' }).set('Idempotency-Key', key).expect(200);
    expect(workflows.updates[0]?.updateId).toBe(key);
    await post('approve', { reason: 'x' }).set('Idempotency-Key', 'short').expect(400);
  });

  test('takes no inspection, and names its state and what is possible', async () => {
    workflows.updateAnswer = () => ({
      kind: 'refused',
      reason: 'The return is awaiting_approval.',
    });
    const { body } = await inspection(found(1)).expect(409);
    expect(body).toMatchObject({
      code: 'return_in_wrong_state',
      current_status: 'awaiting_approval',
      alternatives: ['approve', 'reject'],
      detail: 'The return is awaiting_approval.',
    });
  });

  test.each([
    ['has not started', { kind: 'gone' as const }],
    ['is out of reach', { kind: 'unavailable' as const, cause: away }],
  ])('cannot be steered while its workflow %s', async (_why, answer) => {
    workflows.updateAnswer = () => answer;
    const { body } = await post('approve', { reason: 'x' }).expect(503);
    expect(body.code).toBe('temporal_unavailable');
    expect(JSON.stringify(body)).not.toContain('away');
  });
});

describe('an inspection', () => {
  beforeEach(() => write({ type: 'return.approved', returnId, by: 'mia' }));

  test('reaches the workflow with a verdict for each unit', async () => {
    await inspection(found(1), found(1, 'refuse')).expect(200);
    expect(workflows.updates).toMatchObject([
      {
        to: returnId,
        name: 'inspectReturn',
        argument: { by: 'warehouse-7', lines: [found(1), found(1, 'refuse')] },
      },
    ]);
  });

  test.each([
    ['more than was sent back', [found(3)], '/lines/0/quantity'],
    ['more in two lines together', [found(1), found(2, 'scrap')], '/lines/1/quantity'],
    ['goods of another order', [found(1, 'restock', 'MUG-200')], '/lines/0/sku'],
    ['a negative quantity', [found(-1)], '/lines/0/quantity'],
    ['an unknown verdict', [found(1, 'keep')], '/lines/0/verdict'],
  ])('of %s is refused and not told', async (_mistake, lines, pointer) => {
    const { body } = await inspection(...lines).expect(422);
    expect(body.errors).toMatchObject([{ pointer }]);
    expect(workflows.updates).toEqual([]);
  });
});

describe('a return that is over', () => {
  test.each([
    ['refused', { type: 'return.refused', by: 'mia', reason: 'worn' }],
    ['expired', { type: 'return.expired' }],
    ['completed', { type: 'return.completed' }],
  ] as const)('because it was %s takes nothing any more', async (status, fact) => {
    await write({ ...fact, returnId });
    for (const request of [post('approve', { reason: 'x' }), post('reject', { reason: 'x' })]) {
      const { body } = await request.expect(409);
      expect(body).toMatchObject({
        code: 'return_in_wrong_state',
        current_status: status,
        alternatives: [],
      });
    }
    await inspection(found(1)).expect(409);
    expect(workflows.updates).toEqual([]);
  });

  test('answers a message that is repeated under its key as it did the first time', async () => {
    const key = randomUUID();
    await write({ type: 'return.completed', returnId });
    await inspection(found(2)).set('Idempotency-Key', key).expect(200);
    expect(workflows.updates).toMatchObject([{ to: returnId, updateId: key }]);
  });

  test('takes nothing under a key that its workflow has not heard', async () => {
    workflows.updateAnswer = () => ({ kind: 'gone' });
    await write({ type: 'return.completed', returnId });
    const { body } = await inspection(found(2)).set('Idempotency-Key', randomUUID()).expect(409);
    expect(body.code).toBe('return_in_wrong_state');
  });

  test('says why it was refused', async () => {
    await write({ type: 'return.refused', returnId, by: 'mia', reason: 'worn' });
    const { body } = await api.http.get(`/v1/returns/${returnId}`).expect(200);
    expect(body).toMatchObject({ status: 'refused', reason: 'worn' });
  });
});

test('a message to a return that does not exist is answered 404', async () => {
  returnId = 'ret_01m7y219pffzv8pj63v9wcvshh';
  await post('approve', { reason: 'x' }).expect(404);
  await inspection(found(1)).expect(404);
});
