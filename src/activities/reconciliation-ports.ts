import type {
  BookedLabel,
  BookedPayment,
  Difference,
  OrderAccount,
  ReconciliationKind,
  ShipmentAccount,
} from '../domain/ledgers.js';
import type { OrderId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import type { HoldId, Ports } from './ports.js';

/** From when to when orders were last touched that a run compares; RFC 3339. */
export interface Period {
  readonly since: string;
  /** Some minutes ago: what is younger may be in the middle of a step. */
  readonly until: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** A count of stock and what it should be. */
export interface StockDifference {
  readonly warehouseId: string;
  readonly sku: string;
  readonly what: 'on_hand' | 'held';
  readonly counted: number;
  readonly expected: number;
}

interface StockCheck {
  /** How many counts were compared. */
  readonly lookedAt: number;
  readonly differing: readonly StockDifference[];
}

/** A hold whose order has ended. */
export interface OrphanedHold {
  readonly holdId: HoldId;
  readonly orderId: OrderId;
}

/** An order that is still open, and since when its workflow should be there. */
export interface OpenOrder {
  readonly orderId: OrderId;
  readonly startedAt: string;
  readonly total: Money;
}

/** One part of a run, as it is kept. */
export interface ReconciliationRecord {
  readonly runId: string;
  readonly kind: ReconciliationKind;
  readonly startedAt: string;
  /** Until when touched orders were compared, for the parts that go by the time; RFC 3339. */
  readonly coveredUntil?: string;
  readonly lookedAt: number;
  readonly agreed: number;
  readonly mended: number;
  readonly differed: number;
  readonly differing: readonly Difference[];
  /** Why it did not come to its end. */
  readonly failure?: string;
}

/** Our own ledgers. Orders whose last change is younger than the period, or that are undone now, are left out. */
export interface Ledgers {
  /** What the next run has to cover, so that no touched order is missed. */
  nextPeriod(): Promise<Period>;
  touchedAccounts(period: Period, limit: number): Promise<Page<OrderAccount>>;
  /** Those of the orders that were last touched before the period, so that no page of it has them. */
  restingAccounts(orderIds: readonly OrderId[], period: Period): Promise<readonly OrderAccount[]>;
  knownOrders(orderIds: readonly OrderId[]): Promise<ReadonlySet<OrderId>>;
  shipmentsOf(
    orderIds: readonly OrderId[],
  ): Promise<ReadonlyMap<OrderId, readonly ShipmentAccount[]>>;
  /** The carrier's ids of all shipments that rows of these orders name. */
  labelsOf(orderIds: readonly OrderId[]): Promise<ReadonlySet<string>>;
  checkStock(): Promise<StockCheck>;
  /** Holds of orders that ended before `until`. */
  orphanedHolds(until: string, limit: number): Promise<readonly OrphanedHold[]>;
  /** Orders that were started before `until` and have not ended, in the order of their ids. */
  openOrders(after: string, until: string, limit: number): Promise<Page<OpenOrder>>;
  isOpen(orderId: OrderId): Promise<boolean>;
  /** Of these ids those whose order is missing, or ended before `until` and asks nobody for anything. */
  withoutOpenOrder(ids: readonly string[], until: string): Promise<readonly string[]>;
  keep(record: ReconciliationRecord): Promise<void>;
}

/** The payment provider's ledgers. */
export interface PaymentLedgers {
  /** Everything that was created since then. */
  listPayments(since: Date): AsyncIterable<BookedPayment>;
  /** By the provider's search, which may lag by a minute. */
  paymentsOf(orderId: OrderId): Promise<readonly BookedPayment[]>;
}

/** The carrier's ledgers. */
export interface LabelLedgers {
  /** Every label that was bought since then. */
  listLabels(since: Date): AsyncIterable<BookedLabel>;
  /** @returns undefined when the carrier knows no such shipment, or sold no label for it */
  labelOf(providerId: string): Promise<Pick<BookedLabel, 'voided'> | undefined>;
}

export type WorkflowStatus =
  'running' | 'missing' | 'completed' | 'failed' | 'cancelled' | 'terminated';

/** What Temporal knows about order workflows. */
export interface OpenWorkflows {
  /** Ids above `after` up to `throughId` of workflows that visibility shows as running; it may lag. */
  between(after: string, throughId: string | undefined, limit: number): Promise<readonly string[]>;
  /** The truth about one of them. */
  statusOf(orderId: string): Promise<WorkflowStatus>;
}

export interface ReconciliationPorts extends Pick<
  Ports,
  'journal' | 'payments' | 'carrier' | 'inventory'
> {
  readonly ledgers: Ledgers;
  readonly paymentLedgers: PaymentLedgers;
  readonly labelLedgers: LabelLedgers;
  readonly openWorkflows: OpenWorkflows;
}
