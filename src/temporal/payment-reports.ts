import type { Database } from '../db/database.js';
import { recordDelivery, type DeliveryResult } from '../db/incoming-webhooks/delivery.js';
import { takePendingReports, type PendingReport } from '../db/incoming-webhooks/payments.js';
import { paymentEventSignal } from '../workflows/messages.js';
import type { OrderWorkflows } from './order-workflows.js';

/** The request that receives an event delivers it; only after this time is it left behind. */
const ownDeliveryMs = 5_000;

/**
 * Delivers stored reports that their order has not heard of, or that it was told without effect, the
 * oldest first, and stops at the first that Temporal does not take. Safe to run in several processes
 * at once.
 * @param olderThanMs leaves younger reports to the request that received them
 * @returns how many were delivered
 */
export async function deliverPaymentReports(
  database: Database,
  workflows: OrderWorkflows,
  limit: number,
  olderThanMs = ownDeliveryMs,
): Promise<number> {
  let delivered = 0;
  for (const report of await takePendingReports(database, limit, olderThanMs)) {
    if (!(await deliverReport(database, workflows, report))) break;
    delivered += 1;
  }
  return delivered;
}

/** @returns false when Temporal did not take it now */
export async function deliverReport(
  database: Database,
  workflows: OrderWorkflows,
  report: PendingReport,
): Promise<boolean> {
  const result = await (report.meaning === 'late'
    ? settle(workflows, report)
    : tell(workflows, report));
  await recordDelivery(database, 'payments', report.eventId, result);
  return result !== 'attempted';
}

/** A signal that was taken is closed when the order shows its effect, and told again until then. */
async function tell(workflows: OrderWorkflows, report: PendingReport): Promise<DeliveryResult> {
  const { orderId, eventId, paymentId, outcome } = report;
  const event = { eventId, paymentId, outcome };
  const answer = await workflows.signal(orderId, paymentEventSignal, event);
  switch (answer.kind) {
    case 'not_delivered':
      return 'attempted';
    case 'gone':
      return 'delivered';
    case 'delivered':
      return 'signalled';
  }
}

async function settle(
  workflows: OrderWorkflows,
  { orderId, paymentId }: PendingReport,
): Promise<DeliveryResult> {
  const answer = await workflows.startLatePayment({ orderId, paymentId });
  return answer.kind === 'not_started' ? 'attempted' : 'delivered';
}
