import type { Database } from '../../db/database.js';
import {
  listUndelivered,
  markAttempted,
  markDelivered,
  matchScan,
  type MatchedScan,
} from '../../db/webhooks.js';
import type { OrderWorkflows } from '../order-workflows.js';
import { milestoneOf } from './carrier-event.js';

/** The request that receives an event delivers it; only after this time is it left behind. */
const ownDeliveryMs = 5_000;

/**
 * Delivers stored events that their workflow has not heard of, the oldest first, and stops at the
 * first that Temporal does not take. Safe to run in several processes at once.
 * @param olderThanMs leaves younger events to the request that received them
 * @returns how many were delivered
 */
export async function deliverWebhooks(
  database: Database,
  workflows: OrderWorkflows,
  limit: number,
  olderThanMs = ownDeliveryMs,
): Promise<number> {
  let delivered = 0;
  for (const scan of await listUndelivered(database, limit, olderThanMs)) {
    await matchScan(database, scan);
    if (!(await deliverScan(database, workflows, scan))) break;
    delivered += 1;
  }
  return delivered;
}

/** @returns false when Temporal did not take it now; a workflow that has ended needs it no more. */
export async function deliverScan(
  database: Database,
  workflows: OrderWorkflows,
  { eventId, orderId, shipmentId, status }: MatchedScan,
): Promise<boolean> {
  const milestone = milestoneOf(status);
  if (milestone !== null) {
    const event = { eventId, shipmentId, milestone };
    const answer = await workflows.signalCarrierEvent(orderId, event);
    if (answer.kind === 'not_delivered') {
      await markAttempted(database, eventId);
      return false;
    }
  }
  await markDelivered(database, eventId);
  return true;
}
