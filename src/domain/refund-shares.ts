import type { Fact, FactOf } from './facts.js';
import type { ShipmentId } from './ids.js';
import { money, type Money } from './money.js';

/** What goes back of one payment. */
export interface RefundShare {
  readonly paymentId: string;
  readonly amount: Money;
}

interface Payment {
  readonly paymentId: string;
  readonly currency: Money['currency'];
  /** The shipments that were captured from it. */
  readonly shipments: Set<ShipmentId>;
  keptMinor: number;
}

/**
 * What is left of each payment of an order, in the order in which they were authorized. An order whose
 * authorization ran out between two shipments was captured from several.
 * @param promised what earlier returns give back, whether it went or not
 */
export function keptPayments(
  facts: readonly Fact[],
  promised: readonly RefundShare[],
): readonly RefundShare[] {
  const payments = new Map<string, Payment>();
  for (const fact of facts) account(payments, fact);
  for (const { paymentId, amount } of promised) {
    const payment = payments.get(paymentId);
    if (payment !== undefined) payment.keptMinor -= amount.amountMinor;
  }
  return [...payments.values()]
    .filter(({ keptMinor }) => keptMinor > 0)
    .map(({ paymentId, keptMinor, currency }) => ({
      paymentId,
      amount: money(keptMinor, currency),
    }));
}

/** Takes an amount from what is left, the newest payment first; never more than there is. */
export function sharesOf(due: Money, kept: readonly RefundShare[]): readonly RefundShare[] {
  const shares: RefundShare[] = [];
  let openMinor = due.amountMinor;
  for (const { paymentId, amount } of kept.toReversed()) {
    const takenMinor = Math.min(openMinor, amount.amountMinor);
    if (takenMinor > 0) shares.push({ paymentId, amount: money(takenMinor, due.currency) });
    openMinor -= takenMinor;
  }
  return shares;
}

function account(payments: Map<string, Payment>, fact: Fact): void {
  if (fact.type === 'payment.authorized') authorize(payments, fact);
  if (fact.type === 'payment.captured') {
    const newest = [...payments.values()].at(-1);
    newest?.shipments.add(fact.shipmentId);
    if (newest !== undefined) newest.keptMinor += fact.amount.amountMinor;
  }
  // What returns give back is known from the returns, where it stands before it has gone.
  if (fact.type === 'payment.refunded' && fact.returnId === undefined) {
    const captured = [...payments.values()].findLast(
      (payment) => fact.shipmentId !== undefined && payment.shipments.has(fact.shipmentId),
    );
    if (captured !== undefined) captured.keptMinor -= fact.amount.amountMinor;
  }
}

function authorize(
  payments: Map<string, Payment>,
  { paymentId, amount: { currency } }: FactOf<'payment.authorized'>,
): void {
  if (payments.has(paymentId)) return;
  payments.set(paymentId, { paymentId, currency, shipments: new Set(), keptMinor: 0 });
}
