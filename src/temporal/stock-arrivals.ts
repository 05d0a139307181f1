import type { Database } from '../db/database.js';
import { leaveQueue, listUnnotified, recordNotified, serveWaiting } from '../db/stock-queue.js';
import type { OrderId } from '../domain/ids.js';
import { stockArrivedSignal } from '../workflows/messages.js';
import type { OrderWorkflows, SignalAnswer } from './order-workflows.js';

/**
 * Tells an order that goods are set aside for it. An order that does not come for them is told again
 * by the relay.
 */
export async function tellArrival(
  database: Database,
  workflows: OrderWorkflows,
  orderId: OrderId,
): Promise<SignalAnswer> {
  const answer = await workflows.signal(orderId, stockArrivedSignal);
  if (answer.kind === 'delivered') await recordNotified(database, orderId);
  if (answer.kind === 'gone') await leaveQueue(database, orderId);
  return answer;
}

/**
 * Serves whoever can be served by now, and tells the served orders that do not know it; stops at the
 * first that Temporal does not take.
 * @returns how many were told
 */
export async function tellServedOrders(
  database: Database,
  workflows: OrderWorkflows,
  limit: number,
): Promise<number> {
  await serveWaiting(database);
  let told = 0;
  for (const orderId of await listUnnotified(database, limit)) {
    const answer = await tellArrival(database, workflows, orderId);
    if (answer.kind === 'not_delivered') break;
    told += 1;
  }
  return told;
}
