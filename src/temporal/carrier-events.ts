import type { Database } from '../db/database.js';
import {
  closeEffectiveScans,
  listUndeliveredScans,
  matchScan,
  type MatchedScan,
} from '../db/incoming-webhooks/carrier.js';
import { recordDelivery } from '../db/incoming-webhooks/delivery.js';
import { carrierEventSignal } from '../workflows/messages.js';
import { deliveryResults } from './delivery-results.js';
import type { OrderWorkflows } from './order-workflows.js';

/** The request that receives an event signals it; only after this time does the relay take it over. */
const ownSignalMs = 5_000;

/**
 * Signals stored events that had no effect on their order yet, the oldest first, and stops at the first
 * that Temporal does not take. Safe to run in several processes at once.
 * @param olderThanMs leaves younger events to the request that received them
 * @returns how many were signalled
 */
export async function signalWaitingCarrierEvents(
  database: Database,
  workflows: OrderWorkflows,
  limit: number,
  olderThanMs = ownSignalMs,
): Promise<number> {
  await closeEffectiveScans(database);
  let signalled = 0;
  for (const scan of await listUndeliveredScans(database, limit, olderThanMs)) {
    await matchScan(database, scan);
    if (!(await signalCarrierEvent(database, workflows, scan))) break;
    signalled += 1;
  }
  return signalled;
}

/**
 * A signal that was taken is repeated until the order's row shows its effect.
 * @returns false when Temporal did not take it now; a workflow that has ended does not need it
 */
export async function signalCarrierEvent(
  database: Database,
  workflows: OrderWorkflows,
  { eventId, orderId, shipmentId, milestone }: MatchedScan,
): Promise<boolean> {
  if (milestone === null) {
    await recordDelivery(database, 'carrier', eventId, 'delivered');
    return true;
  }
  const event = { eventId, shipmentId, milestone };
  const answer = await workflows.signal(orderId, carrierEventSignal, event);
  await recordDelivery(database, 'carrier', eventId, deliveryResults[answer.kind]);
  return answer.kind !== 'not_delivered';
}
