import type { OrderId, ReturnId, ShipmentId } from '../../domain/ids.js';
import type { CompensationResult } from './payments.js';

export interface PostalAddress {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
}

export type Label =
  | {
      readonly kind: 'bought';
      readonly carrier: string;
      readonly trackingNumber: string;
      /** Where the carrier shows the parcel's way, if it does. */
      readonly trackingUrl?: string;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface LabelRequest {
  readonly orderId: OrderId;
  readonly shipmentId: ShipmentId;
  /** The warehouse's address. */
  readonly from: PostalAddress;
  /** Kept beside the label, for whoever looks for the parcel. */
  readonly warehouseId: string;
  /** Whether it takes the place of a shipment that was lost. */
  readonly isReplacement: boolean;
  readonly to: PostalAddress;
  readonly weightGrams: number;
  readonly currency: string;
  readonly idempotencyKey: string;
}

export interface ReturnLabelRequest {
  readonly orderId: OrderId;
  readonly returnId: ReturnId;
  /** The customer's address. */
  readonly from: PostalAddress;
  readonly to: PostalAddress;
  readonly weightGrams: number;
  readonly currency: string;
  readonly idempotencyKey: string;
}

export type VoidedLabel = CompensationResult | { readonly kind: 'too_late' };

export interface Carrier {
  /** Buys one label for the shipment, however often it is called. */
  buyLabel(request: LabelRequest): Promise<Label>;
  /** Gives the label back and bars a late purchase; `too_late` once the carrier has the parcel. */
  voidLabel(request: {
    readonly orderId: OrderId;
    readonly shipmentId: ShipmentId;
    readonly idempotencyKey: string;
  }): Promise<VoidedLabel>;
  /** Buys one label for the way back, however often it is called. */
  buyReturnLabel(request: ReturnLabelRequest): Promise<Label>;
}
