import type { OrderId, ShipmentId } from './ids.js';
import { formatMoney, money, type Currency, type Money } from './money.js';
import {
  endedUnfulfilled,
  isEnded,
  type FulfillmentStatus,
  type OrderStatus,
} from './order-state.js';

/** What one part of a reconciliation compares. */
export type ReconciliationKind = 'payments' | 'shipments' | 'stock' | 'orders';

/** One thing about which two books do not agree, or did not until it was fixed. */
export interface Difference {
  readonly kind:
    | 'sums_differ'
    | 'open_authorization'
    | 'payment_without_order'
    | 'label_unknown_to_us'
    | 'label_unknown_to_carrier'
    | 'label_given_back'
    | 'label_not_voided'
    | 'stock_differs'
    | 'hold_of_finished_order'
    | 'order_without_workflow'
    | 'workflow_without_order';
  /** Null when no order of ours is concerned. */
  readonly orderId: OrderId | null;
  /** What differs, with both figures. The same difference has the same subject. */
  readonly subject: string;
  readonly exposure?: Money;
  readonly outcome: 'auto_fixed' | 'raised' | 'reported';
}

/** What a comparison saw; sums of several pages add up. */
export interface Findings {
  readonly lookedAt: number;
  readonly agreed: number;
  readonly differences: readonly Difference[];
}

/** An order's money as its timeline tells it. */
export interface OrderAccount {
  readonly orderId: OrderId;
  readonly status: OrderStatus;
  readonly fulfillmentStatus: FulfillmentStatus;
  readonly currency: Currency;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** Payments that came after the order had given up on them. */
  readonly latePaymentIds: readonly string[];
}

/** A payment as the provider has it. */
export interface BookedPayment {
  readonly paymentId: string;
  readonly orderId: OrderId | null;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** What is still held on the card and may yet be captured. */
  readonly authorizedMinor: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

export type PaymentDifference =
  | {
      readonly kind: 'sums_differ';
      readonly subject: string;
      readonly exposure: Money;
    }
  | {
      readonly kind: 'open_authorization';
      readonly subject: string;
      readonly exposure: Money;
      readonly paymentId: string;
      /** Null where a person has to look: the order was delivered. */
      readonly fix: 'settle_late' | 'release_remainder' | null;
    };

/** Where the timeline and the provider disagree about an order's money. */
export function paymentDifferences(
  account: OrderAccount,
  payments: readonly BookedPayment[],
): readonly PaymentDifference[] {
  return [...sumDifferences(account, payments), ...openAuthorizations(account, payments)];
}

function sumDifferences(
  account: OrderAccount,
  payments: readonly BookedPayment[],
): readonly PaymentDifference[] {
  const counted = payments.filter(
    (payment) => payment.currency === account.currency && !isSettledLate(account, payment),
  );
  // A void that came upon a capture tells of its refund alone.
  const ours = {
    captured: Math.max(account.capturedMinor, account.refundedMinor),
    refunded: account.refundedMinor,
  };
  const theirs = {
    captured: total(counted.map((payment) => payment.capturedMinor)),
    refunded: total(counted.map((payment) => payment.refundedMinor)),
  };
  return (['captured', 'refunded'] as const)
    .filter((what) => ours[what] !== theirs[what])
    .map((what) => ({
      kind: 'sums_differ',
      subject: `${what}: ${show(ours[what], account)} in our books, ${show(theirs[what], account)} at the provider`,
      exposure: money(Math.abs(ours[what] - theirs[what]), account.currency),
    }));
}

/** A late payment that went back leaves nothing to compare. */
const isSettledLate = ({ latePaymentIds }: OrderAccount, payment: BookedPayment): boolean =>
  latePaymentIds.includes(payment.paymentId) && payment.capturedMinor === payment.refundedMinor;

function openAuthorizations(
  account: OrderAccount,
  payments: readonly BookedPayment[],
): readonly PaymentDifference[] {
  if (!isEnded(account)) return [];
  return payments
    .filter(({ authorizedMinor }) => authorizedMinor > 0)
    .map(({ paymentId, authorizedMinor, capturedMinor }) => ({
      kind: 'open_authorization',
      paymentId,
      subject: `${paymentId}: ${show(authorizedMinor, account)} still authorized`,
      exposure: money(authorizedMinor, account.currency),
      fix: fixOf(account, capturedMinor),
    }));
}

/** What was captured in part may be owed; only the rest is let go then. */
function fixOf(account: OrderAccount, capturedMinor: number) {
  if (!endedUnfulfilled(account)) return null;
  return capturedMinor === 0 ? 'settle_late' : 'release_remainder';
}

/** Whether the payment moved or holds money; a declined or voided one is of no concern to anyone. */
export const holdsMoney = (payment: BookedPayment): boolean =>
  payment.authorizedMinor > 0 || payment.capturedMinor !== payment.refundedMinor;

/** A shipment as our row has it. */
export interface ShipmentAccount {
  readonly shipmentId: ShipmentId;
  readonly state: 'created' | 'bought' | 'voided';
  readonly providerId: string | null;
}

/** A label as the carrier has it. */
export interface BookedLabel {
  /** The carrier's id of the shipment. */
  readonly providerId: string;
  readonly reference: string | null;
  readonly orderId: OrderId | null;
  readonly trackingNumber: string | null;
  readonly voided: boolean;
}

export type LabelDifference = 'label_unknown_to_carrier' | 'label_given_back' | 'label_not_voided';

/**
 * @param label undefined when the carrier knows none
 * @returns undefined when both agree, or when the order may still be working on it
 */
export function labelDifference(
  order: Pick<OrderAccount, 'status' | 'fulfillmentStatus'>,
  shipment: ShipmentAccount,
  label: Pick<BookedLabel, 'voided'> | undefined,
): LabelDifference | undefined {
  const isLive = label !== undefined && !label.voided;
  const isUnwanted = endedUnfulfilled(order) && !everLeft.has(order.fulfillmentStatus);
  switch (shipment.state) {
    case 'created':
      return isLive && isUnwanted ? 'label_not_voided' : undefined;
    case 'voided':
      return isLive ? 'label_not_voided' : undefined;
    case 'bought':
      if (isLive) return isUnwanted ? 'label_not_voided' : undefined;
      if (isUnwanted) return undefined;
      return label === undefined ? 'label_unknown_to_carrier' : 'label_given_back';
  }
}

/** Some parcel of the order was with the carrier: its labels were used, however the order ended. */
const everLeft: ReadonlySet<FulfillmentStatus> = new Set([
  'partially_shipped',
  'shipped',
  'delivered',
  'returned',
  'lost',
]);

const total = (amounts: readonly number[]): number =>
  amounts.reduce((sum, amount) => sum + amount, 0);

const show = (amountMinor: number, { currency }: Pick<OrderAccount, 'currency'>): string =>
  formatMoney(money(amountMinor, currency));
