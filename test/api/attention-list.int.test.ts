import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AttentionReason } from '../../src/domain/attention.js';
import type { OrderId } from '../../src/domain/ids.js';
import { idsOf, listAttention, raiseAttention, resolveItem } from './attention-items.js';
import { placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
let orderId: OrderId;
beforeEach(async () => {
  await sql`delete from orders.attention`.execute(api.database);
  ({ id: orderId } = await placeOrder(api));
});

const raise = (reason: AttentionReason, subject?: string) =>
  raiseAttention(api, orderId, reason, subject);
const list = (query?: string) => listAttention(api, query);
const resolve = (id: string, changes?: object) => resolveItem(api, id, changes);

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
      raised_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      age_seconds: expect.any(Number),
      resolution: null,
    });
  });

  test('counts the age from the raising to now', async () => {
    const id = await raise('undo_stuck');
    await sql`update orders.attention set raised_at = now() - interval '90 seconds'
      where id = ${id}`.execute(api.database);
    const [item] = (await list()).data as unknown as { age_seconds: number }[];
    expect(item!.age_seconds).toBeGreaterThanOrEqual(90);
    expect(item!.age_seconds).toBeLessThan(120);
  });

  test('goes on after the cursor, and nothing is lost or doubled', async () => {
    const ids = [];
    for (const subject of ['a', 'b', 'c']) ids.push(await raise('undo_stuck', subject));
    const first = await list('?limit=2');
    expect(first.has_more).toBe(true);
    const second = await list(`?limit=2&starting_after=${first.next_cursor}`);
    expect(second).toMatchObject({ has_more: false, next_cursor: null });
    expect([first, second].flatMap(idsOf)).toEqual(ids);
  });

  test('filters by owner, by reason and by whether it is open', async () => {
    const dispute = await raise('payment_disputed');
    const stuck = await raise('undo_stuck');
    await resolve(dispute).expect(200);
    expect(idsOf(await list())).toEqual([stuck]);
    expect(idsOf(await list('?open=false'))).toEqual([dispute]);
    expect(idsOf(await list('?owner=support'))).toEqual([stuck]);
    expect(idsOf(await list('?owner=payments'))).toEqual([]);
    expect(idsOf(await list('?owner=payments&open=false'))).toEqual([dispute]);
    expect(idsOf(await list('?reason=undo_stuck'))).toEqual([stuck]);
    expect(idsOf(await list('?reason=not_delivered'))).toEqual([]);
  });
});

test('an order shows its open items, and none that is resolved', async () => {
  const stuck = await raise('undo_stuck', 'voidLabel');
  const dispute = await raise('payment_disputed', 'dp_1');
  await resolve(dispute).expect(200);
  const { body } = await api.http.get(`/v1/orders/${orderId}`).expect(200);
  expect(body.needs_attention).toBe(true);
  expect(body.attention).toEqual([
    {
      id: stuck,
      reason: 'undo_stuck',
      subject: 'voidLabel',
      owner: 'support',
      choices: ['retry', 'mark_done', 'waive'],
      raised_at: expect.stringMatching(/Z$/),
    },
  ]);
});
