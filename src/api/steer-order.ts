import type { UpdateDefinition } from '@temporalio/common';
import type { z } from 'zod';
import { findOrder, type OrderRecord } from '../db/orders.js';
import type { OrderId } from '../domain/ids.js';
import { serviceLevels } from '../domain/service-level.js';
import type { ApiDependencies } from './dependencies.js';
import { deliver, type Delivery } from './messages.js';
import { orderReply, withSummary, wrongState } from './order-reply.js';
import { isClosed, possibleActions, type OrderAction } from './possible-actions.js';
import type { Handler, Reply } from './reply.js';
import { bodyOf, found, optionalKey, orderIdIn } from './request.js';

/** A request, before it becomes a message of the workflow. */
export interface Asked<Body> {
  readonly api: ApiDependencies;
  readonly orderId: OrderId;
  readonly body: Body;
  /** Of the message, under which its content waits to be put into force. */
  readonly messageId: string;
}

export interface Answered<Result> {
  readonly api: ApiDependencies;
  readonly order: OrderRecord;
  readonly result: Result;
}

/** One way to steer an order: the message behind an address, and the reply to its answer. */
export interface Steering<Schema extends z.ZodType, Argument extends object, Result> {
  readonly action: OrderAction;
  readonly schema: Schema;
  readonly update: UpdateDefinition<Result, [Argument]>;
  readonly argument: (asked: Asked<z.infer<Schema>>) => Argument;
  /** What must not enter the history of the workflow. */
  readonly content?: (body: z.infer<Schema>) => object;
  readonly reply: (answered: Answered<Result>) => Reply;
}

/** `POST /v1/orders/{id}/{action}`: asks the workflow, which decides, and replies with its answer. */
export const steerOrder =
  <Schema extends z.ZodType, Argument extends object, Result>({
    action,
    schema,
    update,
    argument,
    content,
    reply,
  }: Steering<Schema, Argument, Result>): Handler =>
  async (request, api) => {
    const orderId = orderIdIn(request);
    const key = optionalKey(request);
    const body = bodyOf(request, schema);
    const before = found(await findOrder(api.database, orderId), 'order_not_found');
    if (before.coordination === 'choreographed') return wrongState(before, choreographed);
    // A repeated request gets its first answer.
    if (key === undefined && isClosed(before)) return wrongState(before);
    const delivery = await deliver(api, {
      ...{ name: update.name, orderId, recipient: orderId, expiresAt: expiry(action, before) },
      key: key && `${action}:${key}`,
      body: (messageId) => argument({ api, orderId, body, messageId }),
      content: content?.(body),
    });
    const order = (await findOrder(api.database, orderId)) ?? before;
    return replyTo(delivery, (result) => reply({ api, order, result: result as Result }), {
      api,
      order,
    });
  };

const choreographed = 'Nobody waits for an answer in a choreographed order.';

/** A code or an approval that comes after the order has given up on it changes nothing. */
function expiry(
  action: OrderAction,
  { statusSince, serviceLevel, ...order }: OrderRecord,
): Date | undefined {
  const { approval, code } = serviceLevels[serviceLevel];
  const limitMs = action === 'verify' ? code.expireMs : approval.expireMs;
  const isLimited = action === 'verify' || action === 'approve' || action === 'reject';
  if (!isLimited || !possibleActions(order).includes(action)) return undefined;
  return new Date(statusSince.getTime() + limitMs);
}

function replyTo(
  { outcome, headers }: Delivery,
  taken: (answer: unknown) => Reply,
  { api, order }: Omit<Answered<unknown>, 'result'>,
): Reply {
  switch (outcome.kind) {
    case 'taken':
      return taken(outcome.answer);
    case 'refused':
      return wrongState(withSummary(order, outcome.summary), outcome.summary && outcome.reason);
    case 'expired':
      return wrongState(order, 'Its time was over before the order took it.');
    case 'waiting':
    case 'gone':
      return orderReply(api, 202, order, headers);
  }
}
