import { findOrder, type OrderRecord } from '../../db/orders.js';
import { isEnded, isPastPointOfNoReturn } from '../../domain/order-state.js';
import {
  cancelOrderUpdate,
  type CancelAnswer,
  type CancelRequest,
} from '../../workflows/messages.js';
import type { MessageOutcome } from '../../temporal/ask-update.js';
import type { ApiDependencies } from '../dependencies.js';
import { deliver } from '../messages.js';
import { orderReply, stateMembers, withSummary } from '../order-reply.js';
import { problem, type Problem } from '../problem.js';
import { alternatives } from '../possible-actions.js';
import { content, type Handler, type Reply } from '../reply.js';
import { orderBody } from '../representation.js';
import { bodyOf, found, optionalKey, orderIdIn } from '../request.js';
import { cancelRequest } from '../schemas/steering-request.js';
import { isCancelRefused, requestCancel } from '../../db/choreography.js';
import type { Database } from '../../db/database.js';
import type { OrderId } from '../../domain/ids.js';
import { poll } from '../../runtime/deadline.js';

/** `POST /v1/orders/{id}/cancel`: asks the workflow, and answers with the order's state. */
export const cancelOrder: Handler = async (request, api) => {
  const orderId = orderIdIn(request);
  const key = optionalKey(request);
  const { reason, requested_by: requestedBy } = bodyOf(request, cancelRequest);
  const order = found(await findOrder(api.database, orderId), 'order_not_found');
  if (isRowFinal(order, key)) return finalAnswer(api, order);
  const cancel = { reason, requestedBy };
  if (order.coordination === 'choreographed') {
    const outcome = await cancelByEvents(api.database, orderId, cancel);
    return reply(api, outcome, (await findOrder(api.database, orderId)) ?? order);
  }
  const name = cancelOrderUpdate.name;
  const asked = { name, orderId, recipient: orderId, key, body: () => cancel };
  const { outcome, headers } = await deliver(api, asked);
  return reply(api, outcome, (await findOrder(api.database, orderId)) ?? order, headers);
};

/**
 * The row may be behind its workflow, but from these states no cancel comes. A repeated request gets its
 * first answer, which only the workflow knows: it may have stopped some of the parcels.
 */
const isRowFinal = (order: OrderRecord, key: string | undefined): boolean =>
  isEnded(order) ||
  (isPastPointOfNoReturn(order) && (key === undefined || order.coordination === 'choreographed'));

function reply(
  api: ApiDependencies,
  outcome: MessageOutcome,
  order: OrderRecord,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  switch (outcome.kind) {
    case 'taken':
      return cancelReply(api, outcome.answer as CancelAnswer, order);
    case 'refused':
      return isEnded(order) && outcome.summary === undefined
        ? finalAnswer(api, order)
        : notCancellable(withSummary(order, outcome.summary), outcome.reason);
    case 'expired':
    case 'waiting':
    case 'gone':
      return isEnded(order) ? finalAnswer(api, order) : orderReply(api, 202, order, headers);
  }
}

/** Parcels that have left already go on, and the answer says which. */
function cancelReply(api: ApiDependencies, answer: CancelAnswer, before: OrderRecord): Reply {
  const order = withSummary(before, answer);
  if (answer.shipments === undefined) return finalAnswer(api, order);
  const { cancelled, sent } = answer.shipments;
  const body = orderBody(order, api.settings.temporalUi);
  const more = { cancelled_shipments: cancelled, sent_shipments: sent };
  return content(200, { ...body, ...more }, { orderId: order.id });
}

/** Cancelling twice is quiet. */
const finalAnswer = (api: ApiDependencies, order: OrderRecord): Reply =>
  order.status === 'cancelled' ? orderReply(api, 200, order) : notCancellable(order);

function notCancellable(order: OrderRecord, reason = `The order is ${order.status}.`): Problem {
  const isReturnable = isPastPointOfNoReturn(order);
  return problem('order_not_cancellable', {
    detail: isReturnable
      ? 'The carrier has the parcel. It can only come back as a return.'
      : reason,
    members: stateMembers(
      order,
      alternatives(order).filter((name) => name !== 'cancel'),
    ),
  });
}

const answerLimitMs = 5_000;
const lookPauseMs = 100;

/**
 * Records in a choreographed order's events that somebody asks to cancel it, and waits for what the
 * services decide. Asking again is quiet.
 */
async function cancelByEvents(
  database: Database,
  orderId: OrderId,
  { requestedBy, reason }: CancelRequest,
): Promise<MessageOutcome> {
  await requestCancel(database, orderId, { by: requestedBy, reason });
  const look = async (): Promise<MessageOutcome | undefined> => {
    if (await isCancelRefused(database, orderId)) return { kind: 'refused' };
    const order = await findOrder(database, orderId);
    return order !== undefined && isEnded(order) ? { kind: 'waiting' } : undefined;
  };
  const outcome = await poll(look, { limitMs: answerLimitMs, intervalMs: lookPauseMs });
  return outcome ?? { kind: 'waiting' };
}
