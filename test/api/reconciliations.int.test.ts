import { expect, test } from 'vitest';
import { keepReconciliation } from '../../src/db/reconciliations.js';
import type { Difference } from '../../src/domain/ledgers.js';
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

const list = async (query = '') =>
  (await api.read(`/v1/reconciliations${query}`)) as {
    data: { id: number; run_id: string }[];
    has_more: boolean;
    next_cursor: string;
  };

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
