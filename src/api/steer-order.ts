import { randomUUID } from 'node:crypto';
import type { UpdateDefinition } from '@temporalio/common';
import type { Request } from 'express';
import type { z } from 'zod';
import { findOrder, type OrderRecord } from '../db/orders.js';
import { isOrderId, type OrderId } from '../domain/ids.js';
import { isEnded, isPastPointOfNoReturn } from '../domain/order-state.js';
import type { ApiDependencies } from './dependencies.js';
import { orderReply, withSummary, wrongState } from './order-reply.js';
import { possibleActions, type OrderAction } from './possible-actions.js';
import { problem, type Problem } from './problem.js';
import type { Handler, Reply } from './reply.js';
import { invalidKey, isIdempotencyKey } from './request-headers.js';
import { describeError } from './request-log.js';
import { parseBody } from './schemas/parse.js';
import type { UpdateAnswer } from '../temporal/steering-update.js';

/** What a request says, before it becomes a message of the workflow. */
export interface Asked<Body> {
  readonly api: ApiDependencies;
  readonly orderId: OrderId;
  readonly body: Body;
  /** The client's key; without one each request is one of its own. */
  readonly key: string | undefined;
}

export type Prepared<Argument> =
  | {
      readonly kind: 'ready';
      readonly argument: Argument;
      /** Takes back what was prepared for a message without effect. */
      readonly discard?: () => Promise<void>;
    }
  | Problem;

export interface Answered<Result> {
  readonly api: ApiDependencies;
  readonly order: OrderRecord;
  readonly result: Result;
}

/** One way to steer an order: the message behind an address, and how its answer is told. */
export interface Steering<Schema extends z.ZodType, Argument, Result> {
  readonly action: OrderAction;
  readonly schema: Schema;
  readonly update: UpdateDefinition<Result, [Argument]>;
  readonly prepare: (
    asked: Asked<z.infer<Schema>>,
  ) => Prepared<Argument> | Promise<Prepared<Argument>>;
  readonly reply: (answered: Answered<Result>) => Reply;
  /** Whether an answer left everything as it was, so that what was prepared is of no use. */
  readonly hasNoEffect?: (result: Result) => boolean;
}

/** `POST /v1/orders/{id}/{action}`: asks the workflow, which decides, and tells its answer. */
export const steerOrder =
  <Schema extends z.ZodType, Argument, Result>(steering: Steering<Schema, Argument, Result>) =>
  (api: ApiDependencies): Handler =>
  async (request: Request): Promise<Reply> => {
    const orderId = request.params['id'];
    if (typeof orderId !== 'string' || !isOrderId(orderId)) return problem('order_not_found');
    const key = request.get('Idempotency-Key');
    if (key !== undefined && !isIdempotencyKey(key)) return invalidKey;
    const body = parseBody(steering.schema, request.body);
    if (body.kind === 'invalid') return body.problem;
    const order = await findOrder(api.database, orderId);
    if (order === undefined) return problem('order_not_found');
    if (order.coordination === 'choreographed') return wrongState(order, choreographed);
    // A repeated request gets its first answer, which only the workflow knows.
    if (key === undefined && isOver(order)) return wrongState(order);
    return ask(steering, { api, orderId, body: body.value, key }, order);
  };

const choreographed = 'Nobody waits for an answer in a choreographed order.';

async function ask<Schema extends z.ZodType, Argument, Result>(
  steering: Steering<Schema, Argument, Result>,
  asked: Asked<z.infer<Schema>>,
  before: OrderRecord,
): Promise<Reply> {
  const { api, orderId, key } = asked;
  const prepared = await steering.prepare(asked);
  if (prepared.kind === 'problem') return prepared;
  const updateId = `${steering.action}:${key ?? randomUUID()}`;
  const answer = await api.workflows.update(orderId, steering.update, prepared.argument, updateId);
  if (leftNothing(answer, steering.hasNoEffect)) await prepared.discard?.();
  const order = (await findOrder(api.database, orderId)) ?? before;
  return replyTo(steering, answer, { api, order });
}

/** A request that nobody took may still arrive; one that was refused never does. */
function leftNothing<Result>(
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
      return wrongState(
        answer.summary === undefined ? order : withSummary(order, answer.summary),
        answer.reason,
      );
    case 'gone':
      return possibleActions(order).includes(action)
        ? problem('temporal_unavailable')
        : wrongState(order);
    case 'unavailable':
      api.log.warn(
        { order_id: order.id, action, err: describeError(answer.cause) },
        'a message did not reach its workflow',
      );
      return isOver(order) ? wrongState(order) : problem('temporal_unavailable');
  }
}

/** The row may be behind its workflow, but from these states no order comes back. */
const isOver = (order: OrderRecord): boolean => isEnded(order) || isPastPointOfNoReturn(order);
