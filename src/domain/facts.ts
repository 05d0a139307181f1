import type { AttentionChoice, AttentionOwner, AttentionReason } from './attention.js';
import type { AttentionId, OrderId, ReturnId, ShipmentId } from './ids.js';
import type { Money } from './money.js';
import type { UndoName } from './saga.js';
import type { ShortageDecision } from './policy.js';

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

export type RejectionReason =
  | 'out_of_stock'
  | 'payment_declined'
  | 'payment_not_confirmed'
  | 'not_shippable'
  | 'not_approved'
  | 'approval_expired'
  | 'code_not_confirmed';

/** Who or what asks: an opaque name of a person or system, never an e-mail address. */
type Actor = string;

type VerificationFact =
  | { readonly type: 'approval.requested'; readonly reasons: readonly string[] }
  | { readonly type: 'approval.reminded' }
  | { readonly type: 'order.approved'; readonly by: Actor; readonly reason: string }
  | { readonly type: 'approval.refused'; readonly by: Actor; readonly reason: string }
  | { readonly type: 'approval.expired' }
  | { readonly type: 'code.sent'; readonly channel: 'email' | 'sms'; readonly number: number }
  | { readonly type: 'code.refused'; readonly why: 'wrong' | 'expired'; readonly triesLeft: number }
  | { readonly type: 'code.exhausted' }
  | { readonly type: 'code.verified' };

type InventoryFact =
  | {
      readonly type: 'inventory.reserved';
      /** One for each shipment. */
      readonly parcels: readonly {
        readonly warehouseId: string;
        readonly lines: readonly SkuQuantity[];
      }[];
    }
  | { readonly type: 'inventory.short'; readonly lines: readonly ShortLine[] }
  | { readonly type: 'inventory.backordered'; readonly until: string }
  | { readonly type: 'inventory.hold_extended'; readonly until: string }
  | { readonly type: 'inventory.released' }
  /** What one shipment had held, given back while the order goes on. */
  | { readonly type: 'inventory.parcel_released'; readonly shipmentId: ShipmentId }
  /** The goods of an order that was taken back had left the house already. */
  | { readonly type: 'inventory.written_off'; readonly shipmentId: ShipmentId }
  | { readonly type: 'inventory.restocked'; readonly lines: readonly SkuQuantity[] }
  | { readonly type: 'shortage.asked'; readonly until: string }
  | { readonly type: 'shortage.reminded' }
  | { readonly type: 'shortage.decided'; readonly by: Actor; readonly decision: ShortageDecision }
  /** The order goes on with fewer goods; `total` is what is left to pay. */
  | {
      readonly type: 'order.reduced';
      readonly dropped: readonly SkuQuantity[];
      readonly total: Money;
    };

type PaymentFact =
  | { readonly type: 'payment.authorized'; readonly paymentId: string; readonly amount: Money }
  | { readonly type: 'payment.declined'; readonly code: string }
  | { readonly type: 'payment.action_required'; readonly paymentId: string; readonly until: string }
  | { readonly type: 'payment.action_failed'; readonly paymentId: string; readonly why: string }
  | { readonly type: 'payment.method_requested'; readonly until: string }
  | { readonly type: 'payment.method_changed'; readonly by: Actor }
  | { readonly type: 'payment.authorization_expired'; readonly paymentId: string }
  | { readonly type: 'payment.captured'; readonly amount: Money; readonly shipmentId: ShipmentId }
  | { readonly type: 'payment.voided' }
  /** What a shipment that will not go would have cost, no longer held on the card. */
  | { readonly type: 'payment.remainder_released'; readonly amount: Money }
  | {
      readonly type: 'payment.refunded';
      readonly amount: Money;
      readonly shipmentId?: ShipmentId;
      readonly returnId?: ReturnId;
      readonly paymentId?: string;
    }
  | { readonly type: 'payment.disputed'; readonly disputeId: string; readonly amount: Money }
  /** Money came after the order had given up on it, and went back at once. */
  | {
      readonly type: 'payment.late';
      readonly paymentId: string;
      readonly settled: 'voided' | 'refunded' | 'nothing_to_undo';
    };

type ShipmentFact =
  | {
      readonly type: 'shipment.created';
      readonly shipmentId: ShipmentId;
      readonly carrier: string;
      readonly trackingNumber: string;
    }
  | { readonly type: 'shipment.refused'; readonly shipmentId: ShipmentId; readonly reason: string }
  /** The shipment will not go; the rest of the order does. */
  | { readonly type: 'shipment.abandoned'; readonly shipmentId: ShipmentId; readonly amount: Money }
  | { readonly type: 'label.voided'; readonly shipmentId: ShipmentId }
  | { readonly type: 'shipment.handed_over'; readonly shipmentId: ShipmentId }
  | { readonly type: 'shipment.scanned'; readonly shipmentId: ShipmentId; readonly status: string }
  | { readonly type: 'shipment.delayed'; readonly shipmentId: ShipmentId }
  | { readonly type: 'shipment.exception'; readonly shipmentId: ShipmentId }
  | { readonly type: 'shipment.lost'; readonly shipmentId: ShipmentId }
  | { readonly type: 'shipment.returned_to_sender'; readonly shipmentId: ShipmentId }
  | {
      readonly type: 'shipment.replaced';
      readonly shipmentId: ShipmentId;
      readonly replacementId: ShipmentId;
    }
  | { readonly type: 'shipment.delivered'; readonly shipmentId: ShipmentId }
  | {
      readonly type: 'address.fix_requested';
      readonly shipmentId: ShipmentId;
      readonly until: string;
    }
  | { readonly type: 'address.changed'; readonly by: Actor }
  | { readonly type: 'order.repriced'; readonly total: Money };

type SideFact =
  | { readonly type: 'confirmation.sent' }
  | { readonly type: 'cancellation.sent' }
  | { readonly type: 'mail.sent'; readonly template: string; readonly subject?: string }
  | { readonly type: 'seller.notified'; readonly sellerIds: readonly string[] }
  | {
      readonly type: 'delivery_partner.offered';
      readonly partnerId: string;
      readonly offerId: string;
      readonly until: string;
    }
  | {
      readonly type: 'delivery_partner.declined';
      readonly partnerId: string;
      readonly offerId: string;
      readonly why: 'declined' | 'silent';
    }
  | {
      readonly type: 'delivery_partner.assigned';
      readonly partnerId: string;
      readonly pickUpFrom: string;
      readonly pickUpUntil: string;
    }
  | { readonly type: 'delivery_partner.unavailable' }
  | { readonly type: 'delivery_partner.released' }
  | { readonly type: 'points.awarded'; readonly points: number }
  | { readonly type: 'points.revoked'; readonly points?: number; readonly returnId?: ReturnId };

type AttentionFact =
  | {
      readonly type: 'attention.raised';
      readonly reason: AttentionReason;
      readonly subject: string;
      /** Without one the database gives the item its id. */
      readonly id?: AttentionId;
      readonly owner: AttentionOwner;
      readonly exposure?: Money;
      readonly choices: readonly AttentionChoice[];
    }
  | {
      readonly type: 'attention.resolved';
      readonly reason: AttentionReason;
      readonly subject: string;
      readonly by?: Actor;
      readonly choice?: AttentionChoice;
      readonly note?: string;
    };

type ReturnFact =
  | {
      readonly type: 'return.requested';
      readonly returnId: ReturnId;
      readonly lines: readonly SkuQuantity[];
    }
  | { readonly type: 'return.approved'; readonly returnId: ReturnId; readonly by: Actor }
  | {
      readonly type: 'return.refused';
      readonly returnId: ReturnId;
      readonly by: Actor;
      readonly reason: string;
    }
  | {
      readonly type: 'return.label_created';
      readonly returnId: ReturnId;
      readonly carrier?: string;
      readonly trackingNumber: string;
    }
  | {
      readonly type: 'return.received';
      readonly returnId: ReturnId;
      readonly by?: Actor;
      readonly lines: readonly (SkuQuantity & {
        readonly verdict: 'restock' | 'scrap' | 'refuse';
      })[];
    }
  | { readonly type: 'return.expired'; readonly returnId: ReturnId }
  | { readonly type: 'return.completed'; readonly returnId: ReturnId }
  /** Everything that was delivered has come back. */
  | { readonly type: 'order.returned' }
  | {
      readonly type: 'exchange.placed';
      readonly returnId: ReturnId;
      readonly exchangeOrderId: OrderId;
    };

type OrderFact =
  | {
      readonly type: 'order.placed';
      readonly total: Money;
      /** What other teams need to know, and the workflow does not. */
      readonly customerId?: string;
      readonly isMember?: boolean;
      readonly lines?: readonly PlacedLine[];
    }
  | { readonly type: 'order.confirmed' }
  | { readonly type: 'order.cancel_requested'; readonly by: Actor; readonly reason: string }
  | {
      readonly type: 'order.cancel_refused';
      readonly by: Actor;
      readonly status: string;
      /** The carrier was asked to give the parcel back, and has it. */
      readonly reason?: 'parcel_left';
    }
  | {
      readonly type: 'compensation.started';
      readonly cause: string;
      /** The keys of the undos that are due, in their order. */
      readonly undos: readonly string[];
    }
  | {
      readonly type: 'undo.settled';
      readonly undo: UndoName;
      readonly result: 'nothing_to_undo' | 'marked_done' | 'waived';
      readonly subject?: string;
    }
  | { readonly type: 'order.delivered' }
  | { readonly type: 'order.cancelled'; readonly by: Actor; readonly reason: string }
  | { readonly type: 'order.rejected'; readonly reason: RejectionReason }
  | { readonly type: 'order.failed'; readonly step: string };

/** What happened to an order, in the past tense. The timeline is made of these, and so are events. */
export type Fact =
  | OrderFact
  | VerificationFact
  | InventoryFact
  | PaymentFact
  | ShipmentFact
  | SideFact
  | AttentionFact
  | ReturnFact;

export type FactType = Fact['type'];
export type FactOf<Type extends FactType> = Extract<Fact, { type: Type }>;

/** A fact with its place in the order's gapless sequence and the time (RFC 3339) it was written. */
export type RecordedFact = Fact & { readonly sequence: number; readonly at: string };
