import type { OrderId } from '../../domain/ids.js';
import type { Money } from '../../domain/money.js';

export type Authorization =
  | { readonly kind: 'authorized'; readonly paymentId: string }
  /** The bank asks the customer; a webhook tells how that ended. */
  | { readonly kind: 'requires_action'; readonly paymentId: string }
  | { readonly kind: 'declined'; readonly code: string };

export type Capture = { readonly kind: 'captured' } | { readonly kind: 'authorization_lost' };

/** What a void found: an authorization to give back, or a capture that had to be refunded. */
export type VoidedPayment =
  CompensationResult | { readonly kind: 'refunded'; readonly amount: Money };

/** What an undo found: it took something back, or there was nothing to take. */
export type CompensationResult = { readonly kind: 'undone' } | { readonly kind: 'nothing_to_undo' };

export interface AuthorizationRequest {
  readonly orderId: OrderId;
  readonly amount: Money;
  readonly paymentMethod: string;
  readonly idempotencyKey: string;
  /** Whether the customer can be asked; else a card that asks is declined. */
  readonly interactive: boolean;
  /** Whether the amount will be captured in parts. */
  readonly inParts: boolean;
}

export interface PaymentGateway {
  authorize(request: AuthorizationRequest): Promise<Authorization>;
  /** How a payment stands that the bank asked its owner about. */
  find(paymentId: string): Promise<Authorization>;
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
    /** Whether other parts of the authorization are still to be captured. */
    readonly isPart: boolean;
  }): Promise<Capture>;
  /**
   * Refunds what was captured under `captureKey`; nothing when nothing was. An `order` that is undone
   * closes the whole payment against late captures, a `part` leaves the rest of it open.
   */
  refund(request: {
    readonly orderId: OrderId;
    readonly paymentId: string;
    readonly amount: Money;
    readonly idempotencyKey: string;
    readonly scope: 'order' | 'part';
    /** The key of the capture that is taken back; without it, whatever was captured. */
    readonly captureKey?: string;
  }): Promise<CompensationResult>;
  /** Lets go of what is authorized and will not be captured any more. */
  releaseRemainder(request: {
    readonly orderId: OrderId;
    readonly paymentId: string;
    readonly idempotencyKey: string;
  }): Promise<CompensationResult>;
  /** Gives back a payment that came through after its order had ended, whatever became of it. */
  settleLate(request: {
    readonly orderId: OrderId;
    readonly paymentId: string;
    readonly idempotencyKey: string;
  }): Promise<VoidedPayment>;
}
