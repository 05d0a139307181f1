import { setTimeout as sleep } from 'node:timers/promises';
import { isCancelRefused, requestCancel } from '../db/choreography.js';
import type { Database } from '../db/database.js';
import { findOrder } from '../db/orders.js';
import type { OrderId } from '../domain/ids.js';
import { isEnded } from '../domain/order-state.js';
import type { CancelRequest } from '../workflows/messages.js';
import type { CancelOutcome } from '../temporal/cancel-update.js';

const answerLimitMs = 5_000;
const lookPauseMs = 100;

/**
 * Says in a choreographed order's events that somebody wants it taken back, and looks what comes of it:
 * the services decide. Asking again is quiet.
 */
export async function cancelByEvents(
  database: Database,
  orderId: OrderId,
  { requestedBy, reason }: CancelRequest,
): Promise<CancelOutcome> {
  await requestCancel(database, orderId, { by: requestedBy, reason });
  const endMs = Date.now() + answerLimitMs;
  while (Date.now() < endMs) {
    if (await isCancelRefused(database, orderId)) return { kind: 'refused' };
    const order = await findOrder(database, orderId);
    if (order !== undefined && isEnded(order)) return { kind: 'in_progress' };
    await sleep(lookPauseMs);
  }
  return { kind: 'in_progress' };
}
