import { beforeEach, expect, test } from 'vitest';
import { storeMessage } from '../../src/db/messages.js';
import type { OrderId } from '../../src/domain/ids.js';
import { reportFailingWorkflows } from '../../src/temporal/failing-workflows.js';
import { sendDueMessages } from '../../src/temporal/messages.js';
import { resolveItem } from '../api/attention-items.js';
import { deliver } from '../support/delivered-order.js';
import { placeOrder, timelineTypes, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let orderId: OrderId;
beforeEach(async () => {
  await api.run`delete from orders.attention`;
  await api.run`delete from orders.messages`;
  ({ id: orderId } = await placeOrder(api));
});

const round = () => reportFailingWorkflows(api.database, workflows);
const items = async () =>
  (await api.list<{ id: string; order_id: string; subject: string }>('/v1/attention')).data;

function fail(workflowId: string, eventId = '7'): void {
  workflows.failingRuns = [{ workflowId, runId: 'run_1' }];
  workflows.taskFailure = { eventId, error: 'no such step' };
}

function recover(): void {
  workflows.failingRuns = [];
}

const attentionFacts = async () =>
  (await timelineTypes(api, orderId)).filter((type) => type.startsWith('attention.'));

test('an order that several relays see fail has one item with the error until it recovers', async () => {
  fail(orderId);
  await Promise.all([round(), round(), round()]);
  expect(await items()).toMatchObject([
    { order_id: orderId, subject: orderId, reason: 'workflow_task_failing', error: 'no such step' },
  ]);
  recover();
  await Promise.all([round(), round(), round()]);
  expect(await items()).toEqual([]);
  expect(await attentionFacts()).toEqual(['attention.raised', 'attention.resolved']);
});

test('a second row of failures raises an item again, which a person’s answer to the first does not', async () => {
  fail(orderId);
  await round();
  const [first] = await items();
  await resolveItem(api, first!.id).expect(200);
  await round();
  expect(await items()).toEqual([]);
  fail(orderId, '19');
  await round();
  expect(await items()).toHaveLength(1);
});

test('an order whose newest task has succeeded has no item, whatever the search still shows', async () => {
  fail(orderId);
  workflows.taskFailure = undefined;
  await round();
  expect(await items()).toEqual([]);
});

test('an item that was raised after the search began is not closed by it', async () => {
  fail(orderId);
  let isFirst = true;
  workflows.failing = async () => {
    if (!isFirst) return workflows.failingRuns;
    isFirst = false;
    await round();
    return [];
  };
  await round();
  expect(await items()).toHaveLength(1);
});

test('an item of a failing return stands on its order, which is sent messages all the same', async () => {
  await deliver(api.database, orderId, {
    totalMinor: 1780,
    parcels: [[{ sku: 'TEA-100', quantity: 2 }]],
  });
  const lines = [{ sku: 'TEA-100', quantity: 1, reason: 'changed_mind' }];
  const body = { order_id: orderId, lines };
  const { body: accepted } = await api.post('/v1/returns', body, orderId).expect(202);
  const { id } = accepted as { id: string };
  fail(id);
  workflows.failingRuns = [...workflows.failingRuns, { workflowId: 'ord_lost', runId: 'run_2' }];
  await round();
  expect(await items()).toMatchObject([{ order_id: orderId, subject: id }]);
  const isHeld = async (recipient: string) =>
    (await storeMessage(api.database, { id: recipient, kind: 'any', orderId, recipient, body: {} }))
      .isHeld;
  expect([await isHeld(orderId), await isHeld(id)]).toEqual([false, true]);
});

test('a failing order is sent no message, and all that waited once it has recovered', async () => {
  fail(orderId);
  await round();
  const body = { reason: 'changed my mind' };
  const { headers } = await api.post(`/v1/orders/${orderId}/cancel`, body).expect(202);
  await api.timePasses();
  expect(await sendDueMessages(api.database, workflows, 100)).toBe(0);
  expect(workflows.updates).toEqual([]);
  recover();
  await round();
  workflows.updateAnswer = () => ({ kind: 'taken', answer: null });
  expect(await sendDueMessages(api.database, workflows, 100)).toBe(1);
  expect(workflows.updates).toMatchObject([{ to: orderId, name: 'cancelOrder' }]);
  const { body: message } = await api.http.get(headers['location']!).expect(200);
  expect(message).toMatchObject({ state: 'taken' });
});
