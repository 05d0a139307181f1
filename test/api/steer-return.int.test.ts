import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { postgresReturns } from '../../src/adapters/postgres-returns.js';
import type { OrderId, ReturnId } from '../../src/domain/ids.js';
import type { Fact } from '../../src/domain/facts.js';
import type { MessageOutcome } from '../../src/temporal/ask-update.js';
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
  const lines = [{ sku: 'TEA-100', quantity: 2, reason: 'damaged' }];
  const request = { order_id: orderId, lines };
  const { body } = await api.post('/v1/returns', request, randomUUID()).expect(202);
  returnId = body.id as ReturnId;
  workflows.updateAnswer = () => ({ kind: 'taken', answer: {} });
});

const post = (action: string, body: object = { reason: 'x' }, key?: string) =>
  api.post(`/v1/returns/${returnId}/${action}`, body, key);
const found = (quantity: number, verdict = 'restock') => ({ sku: 'TEA-100', quantity, verdict });
const inspect = (lines: object[], key?: string) =>
  post('inspection', { by: 'warehouse-7', lines }, key);
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
      return { kind: 'taken', answer: {} };
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

  test('takes no inspection, and names its state and what is possible', async () => {
    const detail = 'The return is awaiting_approval.';
    workflows.updateAnswer = () => ({ kind: 'refused', reason: detail });
    const { body } = await inspect([found(1)]).expect(409);
    expect(body).toMatchObject({
      code: 'return_in_wrong_state',
      current_status: 'awaiting_approval',
      alternatives: ['approve', 'reject'],
      detail,
    });
  });

  test.each<[string, MessageOutcome]>([
    ['has not said yet', { kind: 'waiting' }],
    ['has not started', { kind: 'gone' }],
    ['is out of reach', { kind: 'waiting', cause: away }],
  ])('is answered 202 with the address of the message: its workflow %s', async (_why, answer) => {
    workflows.updateAnswer = () => answer;
    const { body, headers } = await post('approve').expect(202);
    const message = await api.read(headers['location'] as string);
    expect(message).toMatchObject({ kind: 'approveReturn', state: 'waiting' });
    expect(JSON.stringify(body)).not.toContain('away');
  });
});

describe('an inspection', () => {
  beforeEach(() => write({ type: 'return.approved', returnId, by: 'mia' }));

  test('reaches the workflow with a verdict for each unit', async () => {
    await inspect([found(1), found(1, 'refuse')]).expect(200);
    expect(workflows.updates).toMatchObject([
      {
        to: returnId,
        name: 'inspectReturn',
        argument: { by: 'warehouse-7', lines: [found(1), found(1, 'refuse')] },
      },
    ]);
  });
});

describe('a return that has ended', () => {
  test.each([
    ['refused', { type: 'return.refused', by: 'mia', reason: 'worn' }],
    ['expired', { type: 'return.expired' }],
    ['completed', { type: 'return.completed' }],
  ] as const)('because it was %s takes nothing any more', async (status, fact) => {
    await write({ ...fact, returnId });
    for (const request of [post('approve'), post('reject')]) {
      const { body } = await request.expect(409);
      expect(body).toMatchObject({
        code: 'return_in_wrong_state',
        current_status: status,
        alternatives: [],
      });
    }
    await inspect([found(1)]).expect(409);
    expect(workflows.updates).toEqual([]);
  });

  test('answers a message that is repeated under its key as it did the first time', async () => {
    const key = randomUUID();
    await inspect([found(2)], key).expect(200);
    await write({ type: 'return.completed', returnId });
    await inspect([found(2)], key).expect(200);
    expect(workflows.updates).toHaveLength(1);
    await post('approve', undefined, 'short').expect(400);
  });

  test('takes nothing under a key that its workflow does not know', async () => {
    workflows.updateAnswer = () => ({ kind: 'gone' });
    await write({ type: 'return.completed', returnId });
    const { body } = await inspect([found(2)], randomUUID()).expect(409);
    expect(body.code).toBe('return_in_wrong_state');
  });

  test('says why it was refused', async () => {
    await write({ type: 'return.refused', returnId, by: 'mia', reason: 'worn' });
    const read = await api.read(`/v1/returns/${returnId}`);
    expect(read).toMatchObject({ status: 'refused', reason: 'worn' });
  });
});
