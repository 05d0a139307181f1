import type { Database } from '../db/database.js';
import { recordDelivery, type DeliveryResult } from '../db/incoming-webhooks/delivery.js';
import { takePendingReports, type PendingReport } from '../db/incoming-webhooks/payments.js';
import { paymentEventSignal } from '../workflows/messages.js';
import { deliveryResults } from './delivery-results.js';
import type { OrderWorkflows } from './order-workflows.js';

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
