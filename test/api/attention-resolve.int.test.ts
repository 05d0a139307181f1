import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { attentionReasons, choicesFor, type AttentionReason } from '../../src/domain/attention.js';
import type { OrderId } from '../../src/domain/ids.js';
import {
  appendFact,
  idsOf,
  listAttention,
  raiseAttention,
  resolveItem,
} from './attention-items.js';
import { away, placeOrder, timelineTypes, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;
let orderId: OrderId;
beforeEach(async () => {
  await sql`delete from orders.attention`.execute(api.database);
  ({ id: orderId } = await placeOrder(api));
});

const raise = (reason: AttentionReason, subject?: string) =>
  raiseAttention(api, orderId, reason, subject);
const list = (query?: string) => listAttention(api, query);
const resolve = (id: string, changes?: object) => resolveItem(api, id, changes);

/** What the workflow does with an answer that it takes. */
const resolveInWorkflow = (reason: AttentionReason, by: string, choice: string) =>
  appendFact(api, orderId, {
    type: 'attention.resolved',
    reason,
    subject: 'sub_1',
    by,
    choice,
    note: 'by the workflow',
  });

describe('an item for which no workflow waits', () => {
  test('is closed in the timeline, with who, what and why', async () => {
    const id = await raise('books_differ');
    const { body } = await resolve(id).expect(200);
    expect(body.resolution).toEqual({
      by: 'ops-1',
      choice: 'waive',
      note: 'the customer agreed',
      resolved_at: expect.stringMatching(/Z$/),
    });
    expect(workflows.updates).toEqual([]);
    expect(await timelineTypes(api, orderId)).toContain('attention.resolved');
    const order = await api.http.get(`/v1/orders/${orderId}`);
    expect(order.body.needs_attention).toBe(false);
  });

  test('is quiet when the same person says the same again', async () => {
    const id = await raise('books_differ');
    const first = await resolve(id).expect(200);
    const again = await resolve(id, { note: 'did it go through?' }).expect(200);
    expect(again.body.resolution).toEqual(first.body.resolution);
    const types = await timelineTypes(api, orderId);
    expect(types.filter((type) => type === 'attention.resolved')).toHaveLength(1);
  });

  test.each([
    ['another person', { by: 'ops-2' }],
    ['another choice', { choice: 'mark_done' }],
  ])('is not resolved again by %s, who hears who was first', async (_who, changes) => {
    const id = await raise('books_differ');
    await resolve(id).expect(200);
    const { body } = await resolve(id, changes).expect(409);
    expect(body).toMatchObject({
      code: 'attention_resolved',
      resolution: { by: 'ops-1', choice: 'waive', resolved_at: expect.stringMatching(/Z$/) },
    });
  });

  test('has one winner when many resolve it at once', async () => {
    const id = await raise('books_differ');
    const people = Array.from({ length: 8 }, (_, number) => `ops-${number}`);
    const replies = await Promise.all(people.map((by) => resolve(id, { by })));
    const winners = replies.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    const winner = winners[0]!.body.resolution.by as string;
    for (const { status, body } of replies) {
      if (status !== 200) expect([status, body.resolution.by]).toEqual([409, winner]);
    }
    const types = await timelineTypes(api, orderId);
    expect(types.filter((type) => type === 'attention.resolved')).toHaveLength(1);
  });

  test('does not take a later item of the same kind with it', async () => {
    const first = await raise('books_differ');
    await resolve(first).expect(200);
    const second = await raise('books_differ');
    await resolve(first, { by: 'ops-2' }).expect(409);
    expect(idsOf(await list())).toEqual([second]);
  });
});

describe('an item that its workflow waits for', () => {
  const reason = 'undo_stuck';

  test('is answered through the workflow, under an id of item, person and choice', async () => {
    const id = await raise(reason);
    workflows.updateAnswer = async () => {
      await resolveInWorkflow(reason, 'ops-1', 'retry');
      return { kind: 'done', result: {} };
    };
    const { body } = await resolve(id, { choice: 'retry' }).expect(200);
    expect(body.resolution).toMatchObject({ by: 'ops-1', choice: 'retry' });
    expect(workflows.updates).toEqual([
      {
        to: orderId,
        name: 'resolveAttention',
        argument: { attentionId: id, choice: 'retry', by: 'ops-1', note: 'the customer agreed' },
        updateId: `${id}:ops-1:retry`,
      },
    ]);
  });

  test('is on its way while the workflow acts on the answer', async () => {
    const id = await raise(reason);
    workflows.updateAnswer = () => ({ kind: 'in_progress' });
    const { body } = await resolve(id).expect(202);
    expect(body).toMatchObject({ id, resolution: null });
  });

  test('is another’s when he was first at the workflow', async () => {
    const id = await raise(reason);
    workflows.updateAnswer = async () => {
      await resolveInWorkflow(reason, 'ops-9', 'retry');
      return { kind: 'refused', reason: 'resolved' };
    };
    const { body } = await resolve(id).expect(409);
    expect(body).toMatchObject({ code: 'attention_resolved', resolution: { by: 'ops-9' } });
  });

  test('is another’s, namelessly, when the order needs nobody any more', async () => {
    const id = await raise(reason);
    await appendFact(api, orderId, { type: 'attention.resolved', reason, subject: 'sub_1' });
    const { body } = await resolve(id).expect(409);
    expect(body).toMatchObject({ code: 'attention_resolved', resolution: { by: null } });
  });

  test('stays open when the workflow refuses, and the order is shown', async () => {
    const id = await raise(reason);
    workflows.updateAnswer = () => ({ kind: 'refused', reason: 'no such item' });
    const { body } = await resolve(id).expect(409);
    expect(body).toMatchObject({ code: 'order_in_wrong_state', detail: 'no such item' });
    expect(idsOf(await list())).toEqual([id]);
  });

  test('stays open while Temporal is away', async () => {
    const id = await raise(reason);
    workflows.updateAnswer = () => ({ kind: 'unavailable', cause: away });
    const { body } = await resolve(id).expect(503);
    expect(body.code).toBe('temporal_unavailable');
    expect(idsOf(await list())).toEqual([id]);
  });

  test('is closed in the database when its workflow is gone', async () => {
    const id = await raise(reason);
    await resolve(id).expect(200);
    expect(await list()).toMatchObject({ data: [] });
  });
});

/** What a service has given up is about a dead letter: test/choreography/undo-by-hand.int.test.ts. */
const ofWorkflows = attentionReasons.filter((reason) => reason !== 'service_gave_up');

test.each(ofWorkflows)('%s takes each of its choices and no other', async (reason) => {
  const refused = await raise(reason);
  const { body } = await resolve(refused, { choice: 'hope' }).expect(422);
  expect(body.errors).toMatchObject([{ pointer: '/choice' }]);
  for (const choice of choicesFor(reason)) {
    const id = await raise(reason, `for ${choice}`);
    await resolve(id, { choice }).expect(200);
  }
});

test.each([
  ['nobody', { by: undefined }, '/by'],
  ['an e-mail address as name', { by: 'a@b.c' }, '/by'],
  ['no note', { note: '' }, '/note'],
  ['an unknown member', { force: true }, '/force'],
])('an answer of %s is refused', async (_mistake, changes, pointer) => {
  const id = await raise('books_differ');
  const { body } = await resolve(id, changes).expect(422);
  expect(body.errors).toContainEqual(expect.objectContaining({ pointer }));
  expect(idsOf(await list())).toEqual([id]);
});

test('an attention item that does not exist is answered 404', async () => {
  const { body } = await resolve('att_00000000000000000000000000').expect(404);
  expect(body.code).toBe('attention_not_found');
  await resolve('nonsense').expect(404);
});
