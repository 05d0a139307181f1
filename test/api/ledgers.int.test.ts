import { beforeAll, expect, test } from 'vitest';
import { postgresLoyalty } from '../../src/adapters/postgres-loyalty.js';
import { keepReconciliation } from '../../src/db/reconciliations.js';
import type { Difference } from '../../src/domain/ledgers.js';
import type { OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import { useTestApi } from '../support/test-api.js';

const api = useTestApi();

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

const list = (query = '') =>
  api.list<{ id: number; run_id: string }>(`/v1/reconciliations${query}`);

test('reconciliations show what each part of each run found, the newest first', async () => {
  await keep('reconciliation-1', 'payments');
  await keep('reconciliation-2', 'payments', [difference]);
  const { data } = await list();
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
});

test('a part of a reconciliation that is stored twice is listed once', async () => {
  await keep('reconciliation-3', 'stock');
  await keep('reconciliation-3', 'stock');
  const { data } = await list();
  expect(data.filter(({ run_id }) => run_id === 'reconciliation-3')).toHaveLength(1);
});

test('reconciliations come in pages', async () => {
  const first = await list('?limit=1');
  expect(first.has_more).toBe(true);
  const second = await list(`?limit=1&starting_after=${first.next_cursor}`);
  expect(second.data[0]!.id).toBeLessThan(first.data[0]!.id);
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
