import type { Request } from 'express';
import { listStock } from '../../db/stock.js';
import type { ApiDependencies } from '../dependencies.js';
import { content, type Reply } from '../reply.js';
import { listBody, stockBody } from '../representation.js';
import { stockListQuery } from '../schemas/list-query.js';
import { parseQuery } from '../schemas/parse.js';

/** `GET /v1/stock`, in the order of the SKU. */
export const getStock =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const query = parseQuery(stockListQuery, request.query);
    if (query.kind === 'invalid') return query.problem;
    const { limit, starting_after: after } = query.value;
    const items = await listStock(database, { limit: limit + 1, after });
    return content(
      200,
      listBody(items, limit, stockBody, ({ sku }) => sku),
    );
  };
