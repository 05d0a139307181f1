import { beforeEach, expect, test } from 'vitest';
import { reportOverdueMessages } from '../../src/db/overdue-messages.js';
import type { OrderId } from '../../src/domain/ids.js';
import { sendDueMessages } from '../../src/temporal/messages.js';
import { away, placeOrder, timelineTypes, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let id: OrderId;
let address: string;

/** An order that waits for approval, and an approval that did not get through. */
beforeEach(async () => {
  await api.run`delete from orders.messages`;
  ({ id } = await placeOrder(api));
  await api.setOrder(id, 'awaiting_approval', 'approve');
  workflows.updateAnswer = () => ({ kind: 'waiting', cause: away });
  const { headers } = await api.post(`/v1/orders/${id}/approve`, { reason: 'fine' }).expect(202);
  address = headers['location'] as string;
});

const state = async () => ((await api.read(address)) as { state: string }).state;
const relay = () => sendDueMessages(api.database, workflows, 10);
const dayPasses = () => api.timePasses(86_400);
const attention = async () =>
  (await timelineTypes(api, id)).filter((type) => type.startsWith('attention.'));

test('a message is sent again under its id until the workflow has taken it, and then no more', async () => {
  await api.timePasses(6);
  await relay();
  expect(await state()).toBe('waiting');
  workflows.updateAnswer = () => ({ kind: 'taken', answer: { status: 'processing' } });
  await api.timePasses();
  await relay();
  await api.timePasses();
  await relay();
  expect(await state()).toBe('taken');
  const [first, ...others] = workflows.updates;
  expect(others).toEqual([first, first]);
});

test('a message that its workflow refuses is over, and its sender reads why', async () => {
  workflows.updateAnswer = () => ({ kind: 'refused', reason: 'mia has decided already' });
  await api.timePasses();
  await relay();
  expect(await api.read(address)).toMatchObject({
    state: 'refused',
    reason: 'mia has decided already',
  });
});

test('a message for an order that has ended is refused', async () => {
  await api.setOrder(id, 'rejected', 'done');
  workflows.updateAnswer = () => ({ kind: 'gone' });
  await api.timePasses();
  await relay();
  expect(await state()).toBe('refused');
});

test('an approval expires with the time that the order waits for it, and is sent no more', async () => {
  await dayPasses();
  await relay();
  expect(await state()).toBe('expired');
  expect(workflows.updates).toHaveLength(1);
});

test('an approval that was taken in time has not expired, though its answer was lost', async () => {
  workflows.recordedAnswer = { kind: 'taken', answer: { status: 'processing' } };
  await dayPasses();
  await relay();
  expect(await state()).toBe('taken');
});

test('an approval does not expire while nobody can say whether it was taken', async () => {
  workflows.recordedAnswer = { kind: 'waiting', cause: away };
  await dayPasses();
  await relay();
  expect(await state()).toBe('waiting');
});

test('a message that is not taken for an hour is a person’s work, once, until it is over, and a figure', async () => {
  const report = () => reportOverdueMessages(api.database, 10);
  expect(await report()).toBe(0);
  await api.timePasses(3_601);
  expect([await report(), await report()]).toEqual([1, 0]);
  expect(await attention()).toEqual(['attention.raised']);
  const { text } = await api.http.get('/metrics');
  expect(text).toMatch(
    /^orders_messages_waiting 1$[^]*^orders_messages_oldest_age_seconds 36\d\d/m,
  );
  workflows.updateAnswer = () => ({ kind: 'taken', answer: null });
  await relay();
  await report();
  expect(await attention()).toEqual(['attention.raised', 'attention.resolved']);
});
