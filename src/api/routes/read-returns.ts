import type { Request } from 'express';
import { orderExists } from '../../db/orders.js';
import { findReturn, listReturnsOf } from '../../db/returns.js';
import { isReturnId, type ReturnId } from '../../domain/ids.js';
import type { ApiDependencies } from '../dependencies.js';
import { content, type Handler } from '../reply.js';
import { found, idIn, orderIdIn, refuse } from '../request.js';
import { returnBody } from '../return-body.js';

export const returnIdIn = (request: Request): ReturnId =>
  idIn(request, isReturnId, 'return_not_found');

/** `GET /v1/returns/{id}` */
export const getReturn: Handler = async (request, { database }) => {
  const record = found(await findReturn(database, returnIdIn(request)), 'return_not_found');
  return content(200, returnBody(record), { orderId: record.orderId });
};

/** `GET /v1/orders/{id}/returns`, the oldest first; all of them on one page. */
export const getReturnsOfOrder: Handler = async (request, { database }) => {
  const orderId = orderIdIn(request);
  const records = await listReturnsOf(database, orderId);
  if (records.length === 0 && !(await orderExists(database, orderId))) refuse('order_not_found');
  const list = { object: 'list', data: records.map(returnBody), has_more: false };
  return content(200, { ...list, next_cursor: null }, { orderId });
};
