import type { AttentionChoice, AttentionOwner, AttentionReason } from './attention.js';
import type { AttentionId, OrderId, ReturnId, ShipmentId } from './ids.js';
import type { Money } from './money.js';
import type { RejectionReason } from './rejection.js';
import type { UndoName } from './saga.js';
import type { CodeChannel } from './one-time-code.js';
import type { ShortageDecision } from './policy.js';
import type { Verdict } from './returns.js';

/** One line of an order that the stock cannot serve. */
export interface ShortLine {
  readonly sku: string;
  readonly asked: number;
  readonly available: number;
}

export interface SkuQuantity {
  readonly sku: string;
  readonly quantity: number;
}

/** One line of an order as it was accepted. */
export interface PlacedLine extends SkuQuantity {
  readonly lineNumber: number;
  readonly sellerId: string;
  /** What the units cost, less their share of the discount. */
  readonly amount: Money;
}

/** Units of a return, and what the warehouse decided about them; what it refuses is not refunded. */
export interface InspectedLine extends SkuQuantity {
  readonly verdict: Verdict;
}

/** Who or what asks: an opaque name of a person or system, never an e-mail address. */
type Actor = string;

/** A type of fact that says nothing more than that it happened. */
type Nothing = object;

interface VerificationFacts {
  'approval.requested': { reasons: readonly string[] };
  'approval.reminded': Nothing;
  'order.approved': { by: Actor; reason: string };
  'approval.refused': { by: Actor; reason: string };
  'approval.expired': Nothing;
  'code.sent': { channel: CodeChannel; number: number };
  'code.refused': { why: 'wrong' | 'expired'; triesLeft: number };
  'code.exhausted': Nothing;
  'code.verified': Nothing;
}

interface InventoryFacts {
  /** One parcel for each shipment. */
  'inventory.reserved': {
    parcels: readonly { readonly warehouseId: string; readonly lines: readonly SkuQuantity[] }[];
  };
  'inventory.short': { lines: readonly ShortLine[] };
  'inventory.backordered': { until: string };
  'inventory.hold_extended': { until: string };
  'inventory.released': Nothing;
  /** The stock of one shipment is released while the order continues. */
  'inventory.parcel_released': { shipmentId: ShipmentId };
  /** The goods of a compensated order had already left the warehouse. */
  'inventory.written_off': { shipmentId: ShipmentId };
  'inventory.restocked': { lines: readonly SkuQuantity[] };
  'shortage.asked': { until: string };
  'shortage.reminded': Nothing;
  'shortage.decided': { by: Actor; decision: ShortageDecision };
  /** The order continues with fewer goods; `total` is what is left to pay. */
  'order.reduced': { dropped: readonly SkuQuantity[]; total: Money };
}

interface PaymentFacts {
  'payment.authorized': { paymentId: string; amount: Money };
  'payment.declined': { code: string };
  'payment.action_required': { paymentId: string; until: string };
  'payment.action_failed': { paymentId: string; why: string };
  'payment.method_requested': { until: string };
  'payment.method_changed': { by: Actor };
  'payment.authorization_expired': { paymentId: string };
  'payment.captured': { amount: Money; shipmentId: ShipmentId };
  'payment.voided': Nothing;
  /** The price of an abandoned shipment is no longer held on the card. */
  'payment.remainder_released': { amount: Money };
  'payment.refunded': {
    amount: Money;
    shipmentId?: ShipmentId;
    returnId?: ReturnId;
    paymentId?: string;
  };
  'payment.disputed': { disputeId: string; amount: Money };
  /** Money came after the order had given up on it, and was returned at once. */
  'payment.late': { paymentId: string; settled: 'voided' | 'refunded' | 'nothing_to_undo' };
}

interface ShipmentFacts {
  'shipment.created': { shipmentId: ShipmentId; carrier: string; trackingNumber: string };
  'shipment.refused': { shipmentId: ShipmentId; reason: string };
  /** The shipment is not sent; the rest of the order is. */
  'shipment.abandoned': { shipmentId: ShipmentId; amount: Money };
  'label.voided': { shipmentId: ShipmentId };
  'shipment.handed_over': { shipmentId: ShipmentId };
  'shipment.scanned': { shipmentId: ShipmentId; status: string };
  'shipment.delayed': { shipmentId: ShipmentId };
  'shipment.exception': { shipmentId: ShipmentId };
  'shipment.lost': { shipmentId: ShipmentId };
  'shipment.returned_to_sender': { shipmentId: ShipmentId };
  'shipment.replaced': { shipmentId: ShipmentId; replacementId: ShipmentId };
  'shipment.delivered': { shipmentId: ShipmentId };
  'address.fix_requested': { shipmentId: ShipmentId; until: string };
  'address.changed': { by: Actor };
  'order.repriced': { total: Money };
}

interface SideFacts {
  'confirmation.sent': Nothing;
  'cancellation.sent': Nothing;
  'mail.sent': { template: string; subject?: string };
  'seller.notified': { sellerIds: readonly string[] };
  'delivery_partner.offered': { partnerId: string; offerId: string; until: string };
  'delivery_partner.declined': { partnerId: string; offerId: string; why: 'declined' | 'silent' };
  'delivery_partner.assigned': { partnerId: string; pickUpFrom: string; pickUpUntil: string };
  'delivery_partner.unavailable': Nothing;
  'delivery_partner.released': Nothing;
  'points.awarded': { points: number };
  'points.revoked': { points?: number; returnId?: ReturnId };
}

interface AttentionFacts {
  'attention.raised': {
    reason: AttentionReason;
    subject: string;
    /** The database gives the item an id when this is absent. */
    id?: AttentionId;
    owner: AttentionOwner;
    exposure?: Money;
    choices: readonly AttentionChoice[];
    /** What went wrong, for those who can mend it; it is not published. */
    error?: string;
  };
  'attention.resolved': {
    reason: AttentionReason;
    subject: string;
    by?: Actor;
    choice?: AttentionChoice;
    note?: string;
  };
}

interface ReturnFacts {
  'return.requested': { returnId: ReturnId; lines: readonly SkuQuantity[] };
  'return.approved': { returnId: ReturnId; by: Actor };
  'return.refused': { returnId: ReturnId; by: Actor; reason: string };
  'return.label_created': { returnId: ReturnId; carrier?: string; trackingNumber: string };
  'return.received': { returnId: ReturnId; by?: Actor; lines: readonly InspectedLine[] };
  'return.expired': { returnId: ReturnId };
  'return.completed': { returnId: ReturnId };
  /** Everything that was delivered was returned. */
  'order.returned': Nothing;
  'exchange.placed': { returnId: ReturnId; exchangeOrderId: OrderId };
}

interface OrderFacts {
  /** `customerId`, `isMember` and `lines` are for other teams; the workflow does not know them. */
  'order.placed': {
    total: Money;
    customerId?: string;
    isMember?: boolean;
    lines?: readonly PlacedLine[];
  };
  'order.confirmed': Nothing;
  'order.cancel_requested': { by: Actor; reason: string };
  /** With the reason `parcel_left`, the carrier was asked to return the parcel and could not. */
  'order.cancel_refused': { by: Actor; status: string; reason?: 'parcel_left' };
  /** `undos` are the keys of the due compensations, in their order. */
  'compensation.started': { cause: string; undos: readonly string[] };
  'undo.settled': {
    undo: UndoName;
    result: 'nothing_to_undo' | 'marked_done' | 'waived';
    subject?: string;
  };
  'order.delivered': Nothing;
  'order.cancelled': { by: Actor; reason: string };
  'order.rejected': { reason: RejectionReason };
  'order.failed': { step: string };
}

/** What each type of fact says. */
export type FactData = OrderFacts &
  VerificationFacts &
  InventoryFacts &
  PaymentFacts &
  ShipmentFacts &
  SideFacts &
  AttentionFacts &
  ReturnFacts;

export type FactType = keyof FactData;

export type FactOf<Types extends FactType> = {
  [Type in Types]: { readonly type: Type } & Readonly<FactData[Type]>;
}[Types];

/** What happened to an order, in the past tense. The timeline and the events consist of these. */
export type Fact = FactOf<FactType>;

/** A fact with its place in the order's gapless sequence and the time (RFC 3339) it was written. */
export type RecordedFact = Fact & { readonly sequence: number; readonly at: string };
