import type { Money } from './money.js';
import type { ShipmentId } from './ids.js';
import type { UndoName } from './saga.js';

/** One line of an order that the stock cannot serve. */
export interface ShortLine {
  readonly sku: string;
  readonly asked: number;
  readonly available: number;
}

export type RejectionReason = 'out_of_stock' | 'payment_declined' | 'not_shippable';
export type AttentionReason =
  'not_handed_over' | 'not_delivered' | 'undo_stuck' | 'parcel_already_gone' | 'side_step_failed';

/** Who or what asks: an opaque name of a person or system, never an e-mail address. */
type Actor = string;

/** What happened to an order, in the past tense. The timeline is made of these, and so are events. */
export type Fact =
  | { readonly type: 'order.placed'; readonly total: Money }
  | { readonly type: 'inventory.reserved' }
  | { readonly type: 'inventory.short'; readonly lines: readonly ShortLine[] }
  | { readonly type: 'inventory.released' }
  | { readonly type: 'payment.authorized'; readonly paymentId: string; readonly amount: Money }
  | { readonly type: 'payment.declined'; readonly code: string }
  | { readonly type: 'payment.captured'; readonly amount: Money }
  | { readonly type: 'payment.voided' }
  | { readonly type: 'payment.refunded'; readonly amount: Money }
  | { readonly type: 'order.confirmed' }
  | { readonly type: 'confirmation.sent' }
  | { readonly type: 'seller.notified'; readonly sellerIds: readonly string[] }
  | { readonly type: 'delivery_partner.assigned'; readonly partnerId: string }
  | { readonly type: 'delivery_partner.unavailable' }
  | { readonly type: 'delivery_partner.released' }
  | { readonly type: 'points.awarded'; readonly points: number }
  | { readonly type: 'points.revoked' }
  | {
      readonly type: 'shipment.created';
      readonly shipmentId: ShipmentId;
      readonly carrier: string;
      readonly trackingNumber: string;
    }
  | { readonly type: 'shipment.refused'; readonly shipmentId: ShipmentId; readonly reason: string }
  | { readonly type: 'label.voided'; readonly shipmentId: ShipmentId }
  | { readonly type: 'shipment.handed_over'; readonly shipmentId: ShipmentId }
  | { readonly type: 'shipment.scanned'; readonly shipmentId: ShipmentId; readonly status: string }
  | { readonly type: 'shipment.delivered'; readonly shipmentId: ShipmentId }
  | { readonly type: 'order.cancel_requested'; readonly by: Actor; readonly reason: string }
  | { readonly type: 'order.cancel_refused'; readonly by: Actor; readonly status: string }
  | { readonly type: 'compensation.started'; readonly cause: string }
  | { readonly type: 'undo.settled'; readonly undo: UndoName; readonly result: 'nothing_to_undo' }
  | {
      readonly type: 'attention.raised';
      readonly reason: AttentionReason;
      readonly subject: string;
    }
  | {
      readonly type: 'attention.resolved';
      readonly reason: AttentionReason;
      readonly subject: string;
    }
  | { readonly type: 'cancellation.sent' }
  | { readonly type: 'order.delivered' }
  | { readonly type: 'order.cancelled'; readonly by: Actor; readonly reason: string }
  | { readonly type: 'order.rejected'; readonly reason: RejectionReason }
  | { readonly type: 'order.failed'; readonly step: string };

export type FactType = Fact['type'];
export type FactOf<Type extends FactType> = Extract<Fact, { type: Type }>;

/** A fact with its place in the order's gapless sequence and the time (RFC 3339) it was written. */
export type RecordedFact = Fact & { readonly sequence: number; readonly at: string };
