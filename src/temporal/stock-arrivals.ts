import type { Database } from '../db/database.js';
import { leaveQueue, listUnnotified, recordNotified, serveWaiting } from '../db/stock.js';
import type { OrderId } from '../domain/ids.js';
import { stockArrivedSignal } from '../workflows/messages.js';
import type { OrderWorkflows, SignalAnswer } from './order-workflows.js';

/** Signals an order that goods are set aside for it. The relay repeats it until the order takes them. */
export async function signalStockArrived(
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
 * Sets goods aside for the orders that can be served by now, and signals those that do not know it;
 * stops at the first that Temporal does not take.
 * @returns how many were signalled
 */
export async function signalServedOrders(
  database: Database,
  workflows: OrderWorkflows,
  limit: number,
): Promise<number> {
  await serveWaiting(database);
  let signalled = 0;
  for (const orderId of await listUnnotified(database, limit)) {
    const answer = await signalStockArrived(database, workflows, orderId);
    if (answer.kind === 'not_delivered') break;
    signalled += 1;
  }
  return signalled;
}
