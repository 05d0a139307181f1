import type { OrderId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import type { CompensationResult } from './provider-ports.js';

export type Authorization =
  | { readonly kind: 'authorized'; readonly paymentId: string }
  /** The bank asks the customer; a webhook reports how that ended. */
  | { readonly kind: 'requires_action'; readonly paymentId: string }
  | { readonly kind: 'declined'; readonly code: string };

export type Capture = { readonly kind: 'captured' } | { readonly kind: 'authorization_lost' };

/** What a void found: an authorization to give back, or a capture that had to be refunded. */
export type VoidedPayment =
  CompensationResult | { readonly kind: 'refunded'; readonly amount: Money };

/** A call about a payment that was authorized. */
interface PaymentCall {
  readonly orderId: OrderId;
  readonly paymentId: string;
  readonly idempotencyKey: string;
}

interface CaptureRequest extends PaymentCall {
  readonly amount: Money;
  /** Whether other parts of the authorization are still to be captured. */
  readonly isPart: boolean;
}

interface RefundRequest extends PaymentCall {
  readonly amount: Money;
  readonly scope: 'order' | 'part';
  /** The key of the capture that is refunded; without it, everything that was captured. */
  readonly captureKey?: string;
}

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
  capture(request: CaptureRequest): Promise<Capture>;
  /**
   * Refunds what was captured under `captureKey`; nothing when nothing was. An `order` that is undone
   * closes the whole payment against late captures, a `part` leaves the rest of it open.
   */
  refund(request: RefundRequest): Promise<CompensationResult>;
  /** Releases what is authorized and will not be captured any more. */
  releaseRemainder(request: PaymentCall): Promise<CompensationResult>;
  /** Returns a payment that came through after its order had ended: it is voided or refunded. */
  settleLate(request: PaymentCall): Promise<VoidedPayment>;
}
