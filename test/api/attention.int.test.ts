import { beforeEach, describe, expect, test } from 'vitest';
import { attentionReasons, choicesFor, type AttentionReason } from '../../src/domain/attention.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { MessageOutcome } from '../../src/temporal/ask-update.js';
import { away, idsOf, placeOrder, timelineTypes, useTestApi } from '../support/test-api.js';
import { raiseAttention, resolveItem } from './attention-items.js';

const api = useTestApi();
const { workflows } = api;
let orderId: OrderId;
beforeEach(async () => {
  await api.run`delete from orders.attention`;
  ({ id: orderId } = await placeOrder(api));
});

const raise = (reason: AttentionReason, subject?: string) =>
  raiseAttention(api, orderId, reason, subject);
const list = (query = '') => api.list(`/v1/attention${query}`);
const resolve = (id: string, changes?: object) => resolveItem(api, id, changes);
const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;

describe('the list of attention items', () => {
  test('shows what somebody must know to act, the longest wait first', async () => {
    const first = await raise('payment_disputed', 'dp_1');
    const second = await raise('undo_stuck', 'voidLabel');
    const page = await list();
    expect(page).toMatchObject({ object: 'list', has_more: false, next_cursor: null });
    expect(idsOf(page)).toEqual([first, second]);
    expect(page.data[0]).toEqual({
      id: first,
      object: 'attention',
      order_id: orderId,
      reason: 'payment_disputed',
      subject: 'dp_1',
      owner: 'payments',
      exposure: { amount: 1780, currency: 'EUR' },
      choices: ['mark_done', 'waive'],
      raised_at: timestamp,
      age_seconds: expect.any(Number),
      resolution: null,
    });
  });

  test('counts the age from the raising to now', async () => {
    const id = await raise('undo_stuck');
    await api.run`update orders.attention set raised_at = now() - interval '90 seconds'
      where id = ${id}`;
    const [item] = (await list()).data as unknown as { age_seconds: number }[];
    expect(item!.age_seconds).toBeGreaterThanOrEqual(90);
    expect(item!.age_seconds).toBeLessThan(120);
  });

  test('continues after the cursor, and nothing is lost or doubled', async () => {
    const ids = [];
    for (const subject of ['a', 'b', 'c']) ids.push(await raise('undo_stuck', subject));
    const first = await list('?limit=2');
    const second = await list(`?limit=2&starting_after=${first.next_cursor}`);
    expect([first.has_more, second.has_more, second.next_cursor]).toEqual([true, false, null]);
    expect([first, second].flatMap(idsOf)).toEqual(ids);
  });

  test('filters by owner, by reason and by whether it is open', async () => {
    const dispute = await raise('payment_disputed');
    const stuck = await raise('undo_stuck');
    await resolve(dispute).expect(200);
    for (const [query, expected] of [
      ['', [stuck]],
      ['?open=false', [dispute]],
      ['?owner=support', [stuck]],
      ['?owner=payments', []],
      ['?owner=payments&open=false', [dispute]],
      ['?reason=undo_stuck', [stuck]],
      ['?reason=not_delivered', []],
    ] as const) {
      expect(idsOf(await list(query)), query).toEqual(expected);
    }
  });
});

test('an order shows its open attention items, and none that is resolved', async () => {
  const stuck = await raise('undo_stuck', 'voidLabel');
  const dispute = await raise('payment_disputed', 'dp_1');
  await resolve(dispute).expect(200);
  expect(await api.read(`/v1/orders/${orderId}`)).toMatchObject({
    needs_attention: true,
    attention: [
      {
        id: stuck,
        reason: 'undo_stuck',
        subject: 'voidLabel',
        owner: 'support',
        choices: ['retry', 'mark_done', 'waive'],
        raised_at: timestamp,
      },
    ],
  });
});

/** What the workflow does with an answer that it takes. */
const resolveInWorkflow = (reason: AttentionReason, more: object = {}) =>
  api.write(orderId, [{ type: 'attention.resolved', reason, subject: 'sub_1', ...more }]);

const resolutions = async () =>
  (await timelineTypes(api, orderId)).filter((type) => type === 'attention.resolved').length;

describe('an attention item for which no workflow waits', () => {
  const reason = 'books_differ';
  const resolution = {
    by: 'ops-1',
    choice: 'waive',
    note: 'the customer agreed',
    resolved_at: timestamp,
  };

  test('is closed once in the timeline, with who, what and why', async () => {
    const id = await raise(reason);
    const first = await resolve(id).expect(200);
    expect(first.body.resolution).toEqual(resolution);
    const again = await resolve(id, { note: 'did it go through?' }).expect(200);
    expect(again.body.resolution).toEqual(first.body.resolution);
    expect(workflows.updates).toEqual([]);
    expect(await resolutions()).toBe(1);
    expect(await api.read(`/v1/orders/${orderId}`)).toMatchObject({ needs_attention: false });
  });

  test.each([
    ['another person', { by: 'ops-2' }],
    ['another choice', { choice: 'mark_done' }],
  ])('is not resolved again by %s, and the answer names who was first', async (_who, changes) => {
    const id = await raise(reason);
    await resolve(id).expect(200);
    const { body } = await resolve(id, changes).expect(409);
    const { by, choice, resolved_at } = resolution;
    expect(body).toMatchObject({
      code: 'attention_resolved',
      resolution: { by, choice, resolved_at },
    });
  });

  test('has one winner when many resolve it at once', async () => {
    const id = await raise(reason);
    const people = Array.from({ length: 8 }, (_, number) => `ops-${number}`);
    const replies = await Promise.all(people.map((by) => resolve(id, { by })));
    const winner = replies.find(({ status }) => status === 200)!.body.resolution.by as string;
    const others = replies.filter(({ status }) => status === 409);
    expect(others.map(({ body }): unknown => body.resolution.by)).toEqual(Array(7).fill(winner));
    expect(await resolutions()).toBe(1);
  });

  test('does not take a later item of the same kind with it', async () => {
    const first = await raise(reason);
    await resolve(first).expect(200);
    const second = await raise(reason);
    await resolve(first, { by: 'ops-2' }).expect(409);
    expect(idsOf(await list())).toEqual([second]);
  });
});

const standing = {
  status: 'confirmed',
  stage: 'hand_over',
  paymentStatus: 'captured',
  fulfillmentStatus: 'reserved',
  since: '2026-01-02T03:04:05.000Z',
  needsAttention: true,
} as const;

describe('an attention item that its workflow waits for', () => {
  const reason = 'undo_stuck';
  let id: string;
  beforeEach(async () => {
    id = await raise(reason);
  });

  test('is answered through the workflow', async () => {
    workflows.updateAnswer = async () => {
      await resolveInWorkflow(reason, { by: 'ops-1', choice: 'retry', note: 'by the workflow' });
      return { kind: 'taken', answer: {} };
    };
    const { body } = await resolve(id, { choice: 'retry' }).expect(200);
    expect(body.resolution).toMatchObject({ by: 'ops-1', choice: 'retry' });
    expect(workflows.updates).toEqual([
      {
        to: orderId,
        name: 'resolveAttention',
        argument: { attentionId: id, choice: 'retry', by: 'ops-1', note: 'the customer agreed' },
        updateId: expect.stringMatching(/^msg_/) as string,
      },
    ]);
  });

  test('is unresolved while the workflow acts on the answer', async () => {
    workflows.updateAnswer = () => ({ kind: 'waiting' });
    const { body } = await resolve(id).expect(202);
    expect(body).toMatchObject({ id, resolution: null });
  });

  test('was resolved by the person who reached the workflow first', async () => {
    workflows.updateAnswer = async () => {
      await resolveInWorkflow(reason, { by: 'ops-9', choice: 'retry', note: 'by the workflow' });
      return { kind: 'refused', reason: 'resolved' };
    };
    const { body } = await resolve(id).expect(409);
    expect(body).toMatchObject({ code: 'attention_resolved', resolution: { by: 'ops-9' } });
  });

  test('was resolved by nobody when the order needs no person any more', async () => {
    await resolveInWorkflow(reason);
    const { body } = await resolve(id).expect(409);
    expect(body).toMatchObject({ code: 'attention_resolved', resolution: { by: null } });
  });

  test.each([
    [
      'when the workflow refuses, whose reason is shown',
      { kind: 'refused', reason: 'no such item', summary: standing },
      { status: 409, code: 'order_in_wrong_state', detail: 'no such item' },
    ],
    [
      'while Temporal is away',
      { kind: 'waiting', cause: away },
      { status: 202, object: 'attention' },
    ],
  ] as const)('stays open %s', async (_when, answer, { status, ...members }) => {
    workflows.updateAnswer = () => answer as MessageOutcome;
    const { body } = await resolve(id).expect(status);
    expect(body).toMatchObject(members);
    expect(idsOf(await list())).toEqual([id]);
  });

  test('is closed in the database when its workflow is gone', async () => {
    await resolve(id).expect(200);
    expect(await list()).toMatchObject({ data: [] });
  });
});

/** What a service has given up is about a dead letter: test/choreography/by-hand.int.test.ts. */
const ofWorkflows = attentionReasons.filter((reason) => reason !== 'service_gave_up');

test.each(ofWorkflows)('an item for %s takes each of its choices and no other', async (reason) => {
  const refused = await raise(reason);
  const { body } = await resolve(refused, { choice: 'hope' }).expect(422);
  expect(body.errors).toMatchObject([{ pointer: '/choice' }]);
  for (const choice of choicesFor(reason)) {
    const id = await raise(reason, `for ${choice}`);
    await resolve(id, { choice }).expect(200);
  }
});
