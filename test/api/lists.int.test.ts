import { beforeAll, describe, expect, test } from 'vitest';
import { postgresLoyalty } from '../../src/adapters/postgres-loyalty.js';
import { keepReconciliation } from '../../src/db/reconciliations.js';
import { accepts, type OrderCommand } from '../../src/domain/commands.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { Difference } from '../../src/domain/ledgers.js';
import { money } from '../../src/domain/money.js';
import type { OrderStatus, Stage } from '../../src/domain/order-state.js';
import { idsOf, placeOrder, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const ids: OrderId[] = [];
beforeAll(async () => {
  for (let number = 0; number < 5; number += 1) {
    const customer = { id: number < 2 ? 'cus_a' : 'cus_b', name: 'A', email: 'a@example.com' };
    ids.unshift((await placeOrder(api, { customer })).id);
  }
  await api.run`update orders.orders set status = 'delivered', needs_attention = true
    where id = ${ids[0]}`;
});

const list = (query: string) => api.list<{ id: OrderId }>(`/v1/orders${query}`);

describe('the list of orders', () => {
  test('begins with the newest', async () => {
    const page = await list('');
    expect(page).toMatchObject({ object: 'list', has_more: false, next_cursor: null });
    expect(idsOf(page)).toEqual(ids);
  });

  test('continues after the cursor, and nothing is lost or doubled', async () => {
    const first = await list('?limit=2');
    expect(first.has_more).toBe(true);
    const second = await list(`?limit=2&starting_after=${first.next_cursor}`);
    const third = await list(`?limit=2&starting_after=${second.next_cursor}`);
    expect(third).toMatchObject({ has_more: false, next_cursor: null });
    expect([first, second, third].flatMap(idsOf)).toEqual(ids);
  });

  test('stays stable when orders are newer than the cursor', async () => {
    const first = await list('?limit=2');
    const before = idsOf(await list(`?starting_after=${first.next_cursor}`));
    const { id } = await placeOrder(api);
    expect(idsOf(await list(`?starting_after=${first.next_cursor}`))).toEqual(before);
    ids.unshift(id);
  });

  test('filters by customer, status and whether a person is needed', async () => {
    expect(idsOf(await list('?customer_id=cus_a'))).toEqual(ids.slice(-2));
    expect(idsOf(await list('?status=delivered'))).toEqual([ids[1]]);
    expect(idsOf(await list('?needs_attention=true&customer_id=cus_b'))).toEqual([ids[1]]);
    expect(idsOf(await list('?needs_attention=false&status=delivered'))).toEqual([]);
  });
});

test('an order gives its timeline in pages', async () => {
  const body = await api.read(`/v1/orders/${ids[0]}/timeline?starting_after=1`);
  expect(body).toEqual({ object: 'list', data: [], has_more: false, next_cursor: null });
});

describe('the links of an order', () => {
  const linksAt = async (id: OrderId, status: OrderStatus, stage: Stage) => {
    await api.setOrder(id, status, stage);
    const { links } = await api.read(`/v1/orders/${id}`);
    const { self, timeline, temporal, ...possible } = links as Record<string, string>;
    expect([self, timeline, temporal]).not.toContain(undefined);
    return possible;
  };

  const namesOf: Readonly<Record<OrderCommand, readonly string[]>> = {
    approveOrder: ['approve', 'reject'],
    cancelOrder: ['cancel'],
    changeAddress: ['change_address'],
    decideShortage: ['decide'],
    retryPayment: ['retry_payment'],
    verifyCode: ['verify'],
    resolveAttention: [],
  };

  test.each(Object.entries(accepts))('lead to what is possible at %s', async (stage, commands) => {
    const { id } = await placeOrder(api);
    const names = commands.flatMap((command) => namesOf[command]);
    expect(Object.entries(await linksAt(id, 'processing', stage as Stage))).toEqual(
      names.map((name) => [name, `/v1/orders/${id}/${name.replace('_', '-')}`]),
    );
  });

  test.each(['shipped', 'delivered', 'cancelled', 'rejected', 'failed'] as const)(
    'lead to nothing more when it is %s',
    async (status) => {
      const { id } = await placeOrder(api);
      expect(await linksAt(id, status, 'hand_over')).toEqual({});
    },
  );
});

const startedAt = '2026-01-02T00:00:00.000Z';
const difference: Difference = {
  kind: 'sums_differ',
  orderId: 'ord_01m7y219pffzv8pj63v9wcvshh',
  subject: 'captured: 0.00 EUR in our books, 42.00 EUR at the provider',
  exposure: money(4_200, 'EUR'),
  outcome: 'raised',
};

const keep = (runId: string, kind: 'payments' | 'stock', differing: readonly Difference[] = []) =>
  keepReconciliation(api.database, {
    runId,
    kind,
    startedAt,
    lookedAt: 10,
    agreed: 10 - differing.length,
    mended: 0,
    differed: differing.length,
    differing,
  });

const reconciliations = (query = '') =>
  api.list<{ id: number; run_id: string }>(`/v1/reconciliations${query}`);

test('reconciliations show what each part of each run found, the newest first, page by page', async () => {
  await keep('reconciliation-1', 'payments');
  await keep('reconciliation-2', 'payments', [difference]);
  const { data } = await reconciliations();
  expect(data.map(({ run_id }) => run_id)).toEqual(['reconciliation-2', 'reconciliation-1']);
  expect(data[0]).toEqual({
    id: expect.any(Number),
    object: 'reconciliation',
    run_id: 'reconciliation-2',
    kind: 'payments',
    started_at: startedAt,
    finished_at: expect.stringMatching(/Z$/),
    looked_at: 10,
    agreed: 9,
    mended: 0,
    differed: 1,
    differing: [
      {
        kind: 'sums_differ',
        order_id: difference.orderId,
        subject: difference.subject,
        exposure: { amount: 4_200, currency: 'EUR' },
        outcome: 'raised',
      },
    ],
    failure: null,
  });
  const first = await reconciliations('?limit=1');
  expect(first).toMatchObject({ data: [{ run_id: 'reconciliation-2' }], has_more: true });
  const second = await reconciliations(`?limit=1&starting_after=${first.next_cursor}`);
  expect(second.data).toMatchObject([{ run_id: 'reconciliation-1' }]);
});

test('a part of a reconciliation that is stored twice is listed once', async () => {
  await keep('reconciliation-3', 'stock');
  await keep('reconciliation-3', 'stock');
  const { data } = await reconciliations();
  expect(data.filter(({ run_id }) => run_id === 'reconciliation-3')).toHaveLength(1);
});

const first: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';
const second: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshj';
const returnId = 'ret_01m7y219pffzv8pj63v9wcvshh';

beforeAll(async () => {
  const loyalty = postgresLoyalty(api.database);
  await loyalty.award(first, 'cus_42', 17);
  await loyalty.revokePart({ orderId: first, key: returnId, points: 9 });
  await loyalty.award(second, 'cus_42', 5);
  await loyalty.award('ord_01m7y219pffzv8pj63v9wcvshk', 'cus_43', 100);
});

const points = (query = '') => api.read(`/v1/members/cus_42/points${query}`);

test('a member’s points are the balance and its entries, newest first', async () => {
  expect(await points()).toEqual({
    object: 'list',
    member_id: 'cus_42',
    balance: 13,
    data: [
      { order_id: second, kind: 'award', subject: null, points: 5 },
      { order_id: first, kind: 'revoke', subject: returnId, points: -9 },
      { order_id: first, kind: 'award', subject: null, points: 17 },
    ].map((entry) => ({
      ...entry,
      sequence: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    })),
    has_more: false,
    next_cursor: null,
  });
});

test('the entries of a member’s points come in pages', async () => {
  const page = await points('?limit=2');
  expect(page).toMatchObject({ has_more: true, balance: 13 });
  const rest = await points(`?limit=2&starting_after=${page.next_cursor}`);
  expect(rest).toMatchObject({ data: [{ order_id: first, points: 17 }], has_more: false });
});

test('a customer who never got points has a balance of 0', async () => {
  const unknown = await api.read('/v1/members/cus_new/points');
  expect(unknown).toMatchObject({ balance: 0, data: [], has_more: false });
});
