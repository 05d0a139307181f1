import { z } from 'zod';
import { listPoints, readBalance, type PointsEntry } from '../../db/points.js';
import { content, type Handler } from '../reply.js';
import { listBody } from '../representation.js';
import { idIn, queryOf } from '../request.js';
import { digits, limit } from '../schemas/fields.js';

const pointsListQuery = z.strictObject({
  limit,
  starting_after: digits(15, 'must be a sequence number').optional(),
});

/** As the customer's id in an order. */
const isMemberId = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text);

/** `GET /v1/members/{id}/points`: the balance, and its entries, newest first. */
export const getPoints: Handler = async (request, { database }) => {
  const memberId = idIn(request, isMemberId, 'member_not_found');
  const { limit, starting_after: before } = queryOf(request, pointsListQuery);
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
