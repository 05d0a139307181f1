import type { Fact, RecordedFact, ShortLine } from '../domain/facts.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import type { OrderState } from '../domain/order-state.js';

/**
 * What the activities need from the world, in the domain's words. Adapters implement these.
 * An expected outcome is a returned value. An adapter throws `ProviderUnavailable` for what
 * may work later and `ProviderRefused` for what never will (domain/failures.ts); anything else it throws is
 * treated as a passing fault.
 */

/** One change of an order, written whole or not at all, at most once for its key. */
export interface Entry {
  readonly orderId: OrderId;
  /** Names the change within its order: a step's name, a message's id. A second write is a no-op. */
  readonly key: string;
  readonly facts: readonly Fact[];
  /** Given when the facts change the state: the state after them, and its place in their order. */
  readonly change?: { readonly revision: number; readonly state: OrderState };
}

export interface Journal {
  /**
   * Appends to the timeline and the outbox and updates the order's row, in one transaction.
   * @returns the facts as they stand in the timeline: those of the first writer, if this key is
   *   known already.
   * @throws ProviderRefused when a later revision was written before (a late attempt is fenced).
   */
  append(entry: Entry): Promise<readonly RecordedFact[]>;
}

export type Reservation =
  { readonly kind: 'reserved' } | { readonly kind: 'short'; readonly lines: readonly ShortLine[] };

export interface Inventory {
  /** Sets all lines aside, or none. @throws ProviderRefused when the order was released before. */
  reserve(orderId: OrderId, lines: readonly StockLine[]): Promise<Reservation>;
  /** Gives the held stock back and bars a late reserve. Harmless when nothing is held. */
  release(orderId: OrderId): Promise<void>;
  /** Takes the held stock out of the warehouse's books: the parcel is gone. */
  issue(orderId: OrderId): Promise<void>;
}

export interface StockLine {
  readonly sku: string;
  readonly quantity: number;
}

export type Authorization =
  | { readonly kind: 'authorized'; readonly paymentId: string }
  | { readonly kind: 'declined'; readonly code: string };

export type Capture = { readonly kind: 'captured' } | { readonly kind: 'authorization_lost' };

/** What a void found: an authorization to give back, or a capture that had to be refunded. */
export type VoidedPayment = Undone | { readonly kind: 'refunded' };

/** What an undo found: it took something back, or there was nothing to take. */
export type Undone = { readonly kind: 'undone' } | { readonly kind: 'nothing_to_undo' };

export interface AuthorizationRequest {
  readonly orderId: OrderId;
  readonly amount: Money;
  readonly paymentMethod: string;
  readonly idempotencyKey: string;
}

export interface PaymentGateway {
  authorize(request: AuthorizationRequest): Promise<Authorization>;
  /**
   * Gives an authorization back. Safe when it is not known whether there is one: it looks the
   * payment up, and where there is none, it claims the authorization's key so that a late
   * authorize is refused. A capture that it finds is refunded.
   */
  voidAuthorization(request: {
    readonly orderId: OrderId;
    readonly amount: Money;
    readonly authorizationKey: string;
    readonly idempotencyKey: string;
  }): Promise<VoidedPayment>;
  /** Captures once; a second call with the same key answers like the first. */
  capture(request: {
    readonly orderId: OrderId;
    readonly paymentId: string;
    readonly amount: Money;
    readonly idempotencyKey: string;
  }): Promise<Capture>;
  /** Refunds what was captured for the order; nothing when nothing was. */
  refund(request: {
    readonly orderId: OrderId;
    readonly paymentId: string;
    readonly amount: Money;
    readonly idempotencyKey: string;
  }): Promise<Undone>;
}

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
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface LabelRequest {
  readonly orderId: OrderId;
  readonly shipmentId: ShipmentId;
  readonly to: PostalAddress;
  readonly weightGrams: number;
  readonly currency: string;
  readonly idempotencyKey: string;
}

export interface Carrier {
  /** Buys one label for the shipment, however often it is called. */
  buyLabel(request: LabelRequest): Promise<Label>;
  /** Gives the label back and bars a late purchase; `too_late` once the carrier has the parcel. */
  voidLabel(request: {
    readonly orderId: OrderId;
    readonly shipmentId: ShipmentId;
    readonly idempotencyKey: string;
  }): Promise<Undone | { readonly kind: 'too_late' }>;
}

export type MailTemplate = 'order_confirmation' | 'seller_notice' | 'cancellation' | 'rejection';

export interface Mail {
  readonly orderId: OrderId;
  readonly template: MailTemplate;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Mailer {
  /** Hands the mail to the mail server. The Message-ID is the same for the same order, template and recipient. */
  send(mail: Mail): Promise<void>;
}

export interface DeliveryPartners {
  /** A partner that serves the country; none is an answer as well. */
  assign(orderId: OrderId, country: string): Promise<{ readonly partnerId: string } | undefined>;
  release(orderId: OrderId): Promise<Undone>;
}

export interface Loyalty {
  award(orderId: OrderId, memberId: string, points: number): Promise<void>;
  revoke(orderId: OrderId): Promise<Undone>;
}

/** What the workflow must not carry: fetched by order id, inside the activity that needs it. */
export interface OrderDetails {
  readonly orderId: OrderId;
  readonly customer: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly member: boolean;
  };
  readonly shippingAddress: PostalAddress;
  readonly paymentMethod: string;
  readonly total: Money;
  readonly lines: readonly OrderedLine[];
}

export interface OrderedLine extends StockLine {
  readonly title: string;
  readonly unitPrice: Money;
  readonly weightGrams: number;
  readonly seller: { readonly id: string; readonly name: string; readonly email: string };
}

export interface OrderBook {
  /** @throws ProviderRefused when there is no such order. */
  find(orderId: OrderId): Promise<OrderDetails>;
}

export interface Ports {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly payments: PaymentGateway;
  readonly carrier: Carrier;
  readonly mailer: Mailer;
  readonly partners: DeliveryPartners;
  readonly loyalty: Loyalty;
  readonly orders: OrderBook;
}
