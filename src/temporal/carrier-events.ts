import type { Database } from '../db/database.js';
import {
  closeEffectiveScans,
  listUndeliveredScans,
  matchScan,
  type MatchedScan,
} from '../db/incoming-webhooks/carrier.js';
import { recordDelivery } from '../db/incoming-webhooks/delivery.js';
import { carrierEventSignal } from '../workflows/messages.js';
import type { OrderWorkflows } from './order-workflows.js';

/** The request that receives an event delivers it; only after this time is it left behind. */
const ownDeliveryMs = 5_000;

/**
 * Delivers stored events that their workflow has not heard of, or that it was told without effect,
 * the oldest first, and stops at the first that Temporal does not take. Safe to run in several
 * processes at once.
 * @param olderThanMs leaves younger events to the request that received them
 * @returns how many were delivered
 */
export async function deliverWebhooks(
  database: Database,
  workflows: OrderWorkflows,
  limit: number,
  olderThanMs = ownDeliveryMs,
): Promise<number> {
  await closeEffectiveScans(database);
  let delivered = 0;
  for (const scan of await listUndeliveredScans(database, limit, olderThanMs)) {
    await matchScan(database, scan);
    if (!(await deliverScan(database, workflows, scan))) break;
    delivered += 1;
  }
  return delivered;
}

/**
 * A signal that was taken is closed when the order shows its effect, and told again until then.
 * @returns false when Temporal did not take it now; a workflow that has ended needs it no more
 */
export async function deliverScan(
  database: Database,
  workflows: OrderWorkflows,
  { eventId, orderId, shipmentId, milestone }: MatchedScan,
): Promise<boolean> {
  if (milestone === null) {
    await recordDelivery(database, 'carrier', eventId, 'delivered');
    return true;
  }
  const answer = await workflows.signal(orderId, carrierEventSignal, {
    eventId,
    shipmentId,
    milestone,
  });
  switch (answer.kind) {
    case 'not_delivered':
      await recordDelivery(database, 'carrier', eventId, 'attempted');
      return false;
    case 'gone':
      await recordDelivery(database, 'carrier', eventId, 'delivered');
      return true;
    case 'delivered':
      await recordDelivery(database, 'carrier', eventId, 'signalled');
      return true;
  }
}
