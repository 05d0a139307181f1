import {
  holdsMoney,
  paymentDifferences,
  type BookedPayment,
  type Difference,
  type Findings,
  type OrderAccount,
  type PaymentDifference,
} from '../../domain/ledgers.js';
import { alwaysRetryable } from '../error-classification.js';
import { settlementActivities } from '../settlement.js';
import type { Period, ReconciliationPorts } from '../reconciliation-ports.js';
import { idempotencyKey } from '../step.js';
import {
  addFindings,
  compareList,
  compareTouched,
  findingsOf,
  forEach,
  listedSince,
  raiseDifference,
  recordFix,
} from './findings.js';

type PaymentPorts = Pick<
  ReconciliationPorts,
  'ledgers' | 'paymentLedgers' | 'payments' | 'journal'
>;

/** Each order of a page costs a call to the provider or two. */
const ordersPerPage = 25;

export const paymentReconciliation = (ports: PaymentPorts) => ({
  /** Our orders against what the provider has of each. */
  comparePayments: alwaysRetryable((period: Period) =>
    compareTouched(ports.ledgers, period, ordersPerPage, (orders) => compareAll(ports, orders)),
  ),

  /** What the provider made in the period, for orders that did not move in it or that are not ours. */
  comparePaymentList: alwaysRetryable((period: Period) =>
    compareList(ports.paymentLedgers.listPayments(listedSince(period)), (page) =>
      compareListed(ports, period, page),
    ),
  ),
});

async function compareListed(
  ports: PaymentPorts,
  period: Period,
  listed: readonly BookedPayment[],
): Promise<Findings> {
  const orderIds = [...new Set(listed.flatMap(({ orderId }) => orderId ?? []))];
  const [known, resting] = await Promise.all([
    ports.ledgers.knownOrders(orderIds),
    ports.ledgers.restingAccounts(orderIds, period),
  ]);
  const strangers = listed.filter(
    (payment) => holdsMoney(payment) && (payment.orderId === null || !known.has(payment.orderId)),
  );
  const unknown = strangers.map((payment) => findingsOf([withoutOrder(payment)]));
  return addFindings([...unknown, await compareAll(ports, resting)]);
}

const compareAll = async (ports: PaymentPorts, orders: readonly OrderAccount[]) =>
  addFindings(await forEach(orders, (account) => compare(ports, account)));

const withoutOrder = (payment: BookedPayment): Difference => ({
  kind: 'payment_without_order',
  orderId: null,
  subject:
    `${payment.paymentId} for ${payment.orderId ?? 'no order'}: authorized ${payment.authorizedMinor}, ` +
    `captured ${payment.capturedMinor}, refunded ${payment.refundedMinor} ${payment.currency} (minor units)`,
  outcome: 'reported',
});

async function compare(ports: PaymentPorts, account: OrderAccount): Promise<Findings> {
  const payments = await ports.paymentLedgers.paymentsOf(account.orderId);
  const differences: Difference[] = [];
  for (const difference of paymentDifferences(account, payments)) {
    differences.push(await settle(ports, account, difference));
  }
  return findingsOf(differences);
}

/** Money that is held for an order that has ended is released, and the timeline says so. */
async function settle(
  ports: PaymentPorts,
  { orderId }: OrderAccount,
  difference: PaymentDifference,
): Promise<Difference> {
  const { kind, subject, exposure } = difference;
  const found = { kind, orderId, subject, exposure };
  if (difference.kind === 'sums_differ' || difference.fix === null) {
    return raiseDifference(ports.journal, found);
  }
  const { paymentId } = difference;
  if (difference.fix === 'settle_late') {
    await settlementActivities(ports).settleLatePayment({ orderId, paymentId });
    return { ...found, outcome: 'auto_fixed' };
  }
  const key = idempotencyKey(orderId, 'releaseRemainder', paymentId);
  await ports.payments.releaseRemainder({ orderId, paymentId, idempotencyKey: key });
  const fact = { type: 'payment.remainder_released', amount: exposure } as const;
  return recordFix(ports.journal, found, `releaseRemainder:${paymentId}`, fact);
}
