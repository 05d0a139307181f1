import { listReconciliations, type ReconciliationRow } from '../../db/reconciliations.js';
import type { Difference } from '../../domain/ledgers.js';
import { moneyBody, listReply } from '../representation.js';
import type { Handler } from '../reply.js';
import { queryOf } from '../request.js';
import { reconciliationListQuery } from '../schemas/list-query.js';

/** `GET /v1/reconciliations`, newest first. */
export const getReconciliations: Handler = async (request, { database }) => {
  const { limit, starting_after: after } = queryOf(request, reconciliationListQuery);
  const rows = await listReconciliations(database, { limit: limit + 1, after });
  return listReply(rows, limit, reconciliationBody, ({ id }) => id);
};

/** One part of a reconciliation as it goes over the wire. */
const reconciliationBody = (row: ReconciliationRow) => ({
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
