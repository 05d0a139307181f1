import { isCancelRefused, requestCancel } from '../db/choreography.js';
import type { Database } from '../db/database.js';
import { findOrder } from '../db/orders.js';
import type { OrderId } from '../domain/ids.js';
import { isEnded } from '../domain/order-state.js';
import { poll } from '../runtime/deadline.js';
import type { UpdateAnswer } from '../temporal/ask-update.js';
import type { CancelAnswer, CancelRequest } from '../workflows/messages.js';

const answerLimitMs = 5_000;
const lookPauseMs = 100;

/**
 * Records in a choreographed order's events that somebody asks to cancel it, and waits for what the
 * services decide. Asking again is quiet.
 */
export async function cancelByEvents(
  database: Database,
  orderId: OrderId,
  { requestedBy, reason }: CancelRequest,
): Promise<UpdateAnswer<CancelAnswer>> {
  await requestCancel(database, orderId, { by: requestedBy, reason });
  const look = async (): Promise<UpdateAnswer<CancelAnswer> | undefined> => {
    if (await isCancelRefused(database, orderId)) return { kind: 'refused' };
    const order = await findOrder(database, orderId);
    return order !== undefined && isEnded(order) ? { kind: 'in_progress' } : undefined;
  };
  const outcome = await poll(look, { limitMs: answerLimitMs, intervalMs: lookPauseMs });
  return outcome ?? { kind: 'in_progress' };
}
