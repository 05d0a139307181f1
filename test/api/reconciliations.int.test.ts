import { expect, test } from 'vitest';
import { keepReconciliation } from '../../src/db/reconciliations.js';
import type { Difference } from '../../src/domain/books.js';
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

const rowsOf = (body: unknown) => (body as { data: { run_id: string }[] }).data;

test('reconciliations show what each part of each run found, the newest first', async () => {
  await keep('reconciliation-1', 'payments');
  await keep('reconciliation-2', 'payments', [difference]);
  const { body } = await api.http.get('/v1/reconciliations').expect(200);
  expect(rowsOf(body).map(({ run_id }) => run_id)).toEqual([
    'reconciliation-2',
    'reconciliation-1',
  ]);
  expect(body.data[0]).toEqual({
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
  const { body } = await api.http.get('/v1/reconciliations').expect(200);
  const rows = rowsOf(body).filter(({ run_id }) => run_id === 'reconciliation-3');
  expect(rows).toHaveLength(1);
});

test('reconciliations come in pages', async () => {
  const { body: first } = await api.http.get('/v1/reconciliations?limit=1').expect(200);
  expect(first.has_more).toBe(true);
  const { body: second } = await api.http
    .get(`/v1/reconciliations?limit=1&starting_after=${first.next_cursor}`)
    .expect(200);
  expect(second.data[0].id).toBeLessThan(first.data[0].id);
});
