import type { Request } from 'express';
import { orderExists } from '../../db/orders.js';
import { findReturn, listReturnsOf } from '../../db/returns.js';
import { isReturnId, type ReturnId } from '../../domain/ids.js';
import type { ApiDependencies } from '../dependencies.js';
import { problem } from '../problem.js';
import { content, type Reply } from '../reply.js';
import { returnBody } from '../return-body.js';
import { isOrderIdParameter, orderNotFound } from './read-orders.js';

export const returnNotFound = problem('return_not_found');

export const isReturnIdParameter = (value: unknown): value is ReturnId =>
  typeof value === 'string' && isReturnId(value);

/** `GET /v1/returns/{id}` */
export const getReturn =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const returnId = request.params['id'];
    if (!isReturnIdParameter(returnId)) return returnNotFound;
    const record = await findReturn(database, returnId);
    return record === undefined
      ? returnNotFound
      : content(200, returnBody(record), { orderId: record.orderId });
  };

/** `GET /v1/orders/{id}/returns`, the oldest first; all of them on one page. */
export const getReturnsOfOrder =
  ({ database }: ApiDependencies) =>
  async (request: Request): Promise<Reply> => {
    const orderId = request.params['id'];
    if (!isOrderIdParameter(orderId)) return orderNotFound;
    const records = await listReturnsOf(database, orderId);
    if (records.length === 0 && !(await orderExists(database, orderId))) return orderNotFound;
    const list = { object: 'list', data: records.map(returnBody), has_more: false };
    return content(200, { ...list, next_cursor: null }, { orderId });
  };
