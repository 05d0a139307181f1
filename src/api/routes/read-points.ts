import type { Request } from 'express';
import { listPoints, readBalance, type PointsEntry } from '../../db/points.js';
import type { ApiDependencies } from '../dependencies.js';
import { problem } from '../problem.js';
import { content, type Reply } from '../reply.js';
import { listBody } from '../representation.js';
import { pointsListQuery } from '../schemas/list-query.js';
import { parseQuery } from '../schemas/parse.js';

/** As the customer's id in an order. */
const memberIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** `GET /v1/members/{id}/points`: the balance, and how it came about, newest first. */
export const getPoints =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const memberId = request.params['id'];
    if (typeof memberId !== 'string' || !memberIdPattern.test(memberId)) {
      return problem('member_not_found');
    }
    const query = parseQuery(pointsListQuery, request.query);
    if (query.kind === 'invalid') return query.problem;
    const { limit, starting_after: before } = query.value;
    const [balance, entries] = await Promise.all([
      readBalance(database, memberId),
      listPoints(database, memberId, { limit: limit + 1, before }),
    ]);
    const list = listBody(entries, limit, entryBody, ({ sequence }) => sequence);
    return content(200, { ...list, member_id: memberId, balance });
  };

const entryBody = ({ sequence, orderId, kind, key, points, at }: PointsEntry) => ({
  sequence,
  order_id: orderId,
  kind,
  subject: key === '' ? null : key,
  points,
  at: at.toISOString(),
});
