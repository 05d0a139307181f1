import { type DeliveryResult, recordDelivery } from '../db/incoming-webhooks/delivery.js';
import type { SignalAnswer, OrderWorkflows } from './order-workflows.js';
import type { Database } from '../db/database.js';
import {
  closeEffectiveScans,
  listUndeliveredScans,
  matchScan,
  type MatchedScan,
} from '../db/incoming-webhooks/carrier.js';
import { carrierEventSignal, paymentEventSignal } from '../workflows/messages.js';
import { takePendingReports, type PendingReport } from '../db/incoming-webhooks/payments.js';

/** What is recorded of an incoming webhook that was signalled to its order, by Temporal's answer. */
const deliveryResults: Readonly<Record<SignalAnswer['kind'], DeliveryResult>> = {
  not_delivered: 'attempted',
  gone: 'delivered',
  delivered: 'signalled',
};

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

/** The request that receives a report delivers it; only after this time does the relay take it over. */
const ownDeliveryMs = 5_000;

/**
 * Delivers stored reports that had no effect on their order yet, the oldest first, and stops at the
 * first that Temporal does not take. Safe to run in several processes at once.
 * @param olderThanMs leaves younger reports to the request that received them
 * @returns how many were delivered
 */
export async function deliverWaitingReports(
  database: Database,
  workflows: OrderWorkflows,
  limit: number,
  olderThanMs = ownDeliveryMs,
): Promise<number> {
  let delivered = 0;
  for (const report of await takePendingReports(database, limit, olderThanMs)) {
    if (!(await deliverPaymentReport(database, workflows, report))) break;
    delivered += 1;
  }
  return delivered;
}

/** @returns false when Temporal did not take it now */
export async function deliverPaymentReport(
  database: Database,
  workflows: OrderWorkflows,
  report: PendingReport,
): Promise<boolean> {
  const result = await (report.meaning === 'late'
    ? startLatePayment(workflows, report)
    : signalPaymentEvent(workflows, report));
  await recordDelivery(database, 'payments', report.eventId, result);
  return result !== 'attempted';
}

/** A signal that was taken is repeated until the order's row shows its effect. */
async function signalPaymentEvent(
  workflows: OrderWorkflows,
  { orderId, eventId, paymentId, outcome }: PendingReport,
): Promise<DeliveryResult> {
  const event = { eventId, paymentId, outcome };
  const answer = await workflows.signal(orderId, paymentEventSignal, event);
  return deliveryResults[answer.kind];
}

async function startLatePayment(
  workflows: OrderWorkflows,
  { orderId, paymentId }: PendingReport,
): Promise<DeliveryResult> {
  const answer = await workflows.startLatePayment({ orderId, paymentId });
  return answer.kind === 'not_started' ? 'attempted' : 'delivered';
}
