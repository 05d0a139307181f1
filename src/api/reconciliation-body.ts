import type { ReconciliationRow } from '../db/reconciliations.js';
import type { Difference } from '../domain/books.js';
import { moneyBody } from './money-body.js';

/** One part of a reconciliation as it goes over the wire. */
export const reconciliationBody = (row: ReconciliationRow) => ({
  id: row.id,
  object: 'reconciliation' as const,
  run_id: row.runId,
  kind: row.kind,
  started_at: row.startedAt.toISOString(),
  finished_at: row.finishedAt?.toISOString() ?? null,
  looked_at: row.lookedAt,
  agreed: row.agreed,
  mended: row.mended,
  differed: row.differed,
  differing: row.differing.map(differenceBody),
  failure: row.failure,
});

const differenceBody = ({ kind, orderId, subject, exposure, outcome }: Difference) => ({
  kind,
  order_id: orderId,
  subject,
  exposure: exposure === undefined ? null : moneyBody(exposure),
  outcome,
});
