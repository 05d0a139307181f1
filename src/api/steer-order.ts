import { randomUUID } from 'node:crypto';
import type { UpdateDefinition } from '@temporalio/common';
import type { z } from 'zod';
import { findOrder, type OrderRecord } from '../db/orders.js';
import type { OrderId } from '../domain/ids.js';
import type { ApiDependencies } from './dependencies.js';
import { orderReply, withSummary, wrongState } from './order-reply.js';
import { isClosed, possibleActions, type OrderAction } from './possible-actions.js';
import { problem } from './problem.js';
import type { Handler, Reply } from './reply.js';
import { bodyOf, found, optionalKey, orderIdIn } from './request.js';
import { describeError } from './request-log.js';
import type { UpdateAnswer } from '../temporal/ask-update.js';

/** A request, before it becomes a message of the workflow. */
export interface Asked<Body> {
  readonly api: ApiDependencies;
  readonly orderId: OrderId;
  readonly body: Body;
  /** The client's key; without one each request is one of its own. */
  readonly key: string | undefined;
}

export interface Prepared<Argument> {
  readonly argument: Argument;
  /** Deletes what was prepared for a message without effect. */
  readonly discard?: () => Promise<void>;
}

export interface Answered<Result> {
  readonly api: ApiDependencies;
  readonly order: OrderRecord;
  readonly result: Result;
}

/** One way to steer an order: the message behind an address, and the reply to its answer. */
export interface Steering<Schema extends z.ZodType, Argument, Result> {
  readonly action: OrderAction;
  readonly schema: Schema;
  readonly update: UpdateDefinition<Result, [Argument]>;
  readonly prepare: (
    asked: Asked<z.infer<Schema>>,
  ) => Prepared<Argument> | Promise<Prepared<Argument>>;
  readonly reply: (answered: Answered<Result>) => Reply;
  /** Whether the answer says that nothing changed, so that what was prepared can be deleted. */
  readonly hasNoEffect?: (result: Result) => boolean;
}

/** `POST /v1/orders/{id}/{action}`: asks the workflow, which decides, and replies with its answer. */
export const steerOrder =
  <Schema extends z.ZodType, Argument, Result>(
    command: Steering<Schema, Argument, Result>,
  ): Handler =>
  async (request, api) => {
    const orderId = orderIdIn(request);
    const key = optionalKey(request);
    const body = bodyOf(request, command.schema);
    const order = found(await findOrder(api.database, orderId), 'order_not_found');
    if (order.coordination === 'choreographed') return wrongState(order, choreographed);
    // A repeated request gets its first answer, which only the workflow knows.
    if (key === undefined && isClosed(order)) return wrongState(order);
    return ask(command, { api, orderId, body, key }, order);
  };

const choreographed = 'Nobody waits for an answer in a choreographed order.';

async function ask<Schema extends z.ZodType, Argument, Result>(
  command: Steering<Schema, Argument, Result>,
  asked: Asked<z.infer<Schema>>,
  before: OrderRecord,
): Promise<Reply> {
  const { api, orderId, key } = asked;
  const prepared = await command.prepare(asked);
  const updateId = `${command.action}:${key ?? randomUUID()}`;
  const answer = await api.workflows.update(orderId, command.update, prepared.argument, updateId);
  if (isWithoutEffect(answer, command.hasNoEffect)) await prepared.discard?.();
  const order = (await findOrder(api.database, orderId)) ?? before;
  return replyTo(command, answer, { api, order });
}

/** A request that is `unavailable` may still reach the workflow. */
function isWithoutEffect<Result>(
  answer: UpdateAnswer<Result>,
  hasNoEffect: (result: Result) => boolean = () => false,
): boolean {
  if (answer.kind === 'done') return hasNoEffect(answer.result);
  return answer.kind === 'refused' || answer.kind === 'gone';
}

function replyTo<Schema extends z.ZodType, Argument, Result>(
  { action, reply }: Steering<Schema, Argument, Result>,
  answer: UpdateAnswer<Result>,
  { api, order }: { readonly api: ApiDependencies; readonly order: OrderRecord },
): Reply {
  switch (answer.kind) {
    case 'done':
      return reply({ api, order, result: answer.result });
    case 'in_progress':
      return orderReply(api, 202, order);
    case 'refused':
      return wrongState(withSummary(order, answer.summary), answer.reason);
    case 'gone':
      return possibleActions(order).includes(action)
        ? problem('temporal_unavailable')
        : wrongState(order);
    case 'unavailable':
      api.log.warn(
        { order_id: order.id, action, err: describeError(answer.cause) },
        'a message did not reach its workflow',
      );
      return isClosed(order) ? wrongState(order) : problem('temporal_unavailable');
  }
}
