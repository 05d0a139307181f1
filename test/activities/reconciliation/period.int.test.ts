import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepReconciliation } from '../../../src/db/reconciliations.js';
import { startReconciliation, type Reconciliation } from './harness.js';

const settledMs = 300_000;
const overlapMs = 600_000;
let books: Reconciliation;
beforeAll(async () => {
  books = await startReconciliation(undefined, settledMs);
});
afterAll(() => books.stop());

const next = () => books.activities.nextPeriod(undefined);

const keep = (runId: string, kind: 'payments' | 'shipments' | 'orders', coveredUntil?: string) =>
  keepReconciliation(books.database, {
    runId,
    kind,
    startedAt: new Date().toISOString(),
    ...(coveredUntil !== undefined && { coveredUntil }),
    lookedAt: 0,
    agreed: 0,
    mended: 0,
    differed: 0,
    differing: [],
  });

test('the first run looks at everything that has not moved for some minutes', async () => {
  const { since, until } = await next();
  expect(since).toBe(new Date(0).toISOString());
  expect(Date.now() - Date.parse(until)).toBeGreaterThanOrEqual(settledMs);
});

test('a run begins where the part that lags most has ended, with an overlap', async () => {
  const [late, early] = ['2026-02-02T00:00:00.000Z', '2026-02-01T00:00:00.000Z'];
  await keep('1', 'payments', early);
  await keep('1', 'shipments', late);
  await keep('1', 'orders');
  expect((await next()).since).toBe(new Date(Date.parse(early) - overlapMs).toISOString());
  await keep('2', 'payments', late);
  await keep('2', 'shipments', late);
  expect((await next()).since).toBe(new Date(Date.parse(late) - overlapMs).toISOString());
});
