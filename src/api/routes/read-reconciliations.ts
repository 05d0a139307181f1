import { z } from 'zod';
import { listReconciliations, type ReconciliationRow } from '../../db/reconciliations.js';
import { listReply, wireBody } from '../representation.js';
import type { Handler } from '../reply.js';
import { queryOf } from '../request.js';
import { digits, limit } from '../schemas/fields.js';

const reconciliationListQuery = z.strictObject({
  limit,
  starting_after: digits(15, 'must be the id of a reconciliation').optional(),
});

/** `GET /v1/reconciliations`, newest first. */
export const getReconciliations: Handler = async (request, { database }) => {
  const { limit, starting_after: after } = queryOf(request, reconciliationListQuery);
  const rows = await listReconciliations(database, { limit: limit + 1, after });
  return listReply(rows, limit, reconciliationBody, ({ id }) => id);
};

/** One part of a reconciliation as it goes over the wire. */
const reconciliationBody = ({ id, ...row }: ReconciliationRow) => ({
  id,
  object: 'reconciliation' as const,
  ...wireBody(row),
  differing: row.differing.map((difference) => wireBody({ exposure: null, ...difference })),
});
