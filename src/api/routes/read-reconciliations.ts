import type { Request } from 'express';
import { listReconciliations } from '../../db/reconciliations.js';
import type { ApiDependencies } from '../dependencies.js';
import { reconciliationBody } from '../reconciliation-body.js';
import { content, type Reply } from '../reply.js';
import { listBody } from '../representation.js';
import { reconciliationListQuery } from '../schemas/list-query.js';
import { parseQuery } from '../schemas/parse.js';

/** `GET /v1/reconciliations`, newest first. */
export const getReconciliations =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const query = parseQuery(reconciliationListQuery, request.query);
    if (query.kind === 'invalid') return query.problem;
    const { limit, starting_after: after } = query.value;
    const rows = await listReconciliations(database, { limit: limit + 1, after });
    return content(
      200,
      listBody(rows, limit, reconciliationBody, ({ id }) => id),
    );
  };
