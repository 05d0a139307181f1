import type { CodeVerdict } from '../domain/one-time-code.js';
import type { OrderId, ReturnId, ShipmentId } from '../domain/ids.js';
import type { MailTemplate } from './mails/mail.js';
import type { PaymentGateway } from './payment-ports.js';

export type * from './payment-ports.js';

/** What others run, outside of our database. */
export interface ProviderPorts {
  readonly payments: PaymentGateway;
  readonly carrier: Carrier;
  readonly mailer: Mailer;
  readonly texter: Texter;
}

/**
 * What ends with a change of our own books. It happens when it is awaited, or when the journal is given
 * it: then the change and its entry are written together or not at all. What nobody awaits never happens.
 */
export type Effect<Outcome> = PromiseLike<Outcome>;

/** What an undo found: it took something back, or there was nothing to take. */
export interface CompensationResult {
  readonly kind: 'undone' | 'nothing_to_undo';
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
      /** Where the carrier shows the parcel's way, if it does. */
      readonly trackingUrl?: string;
    }
  | { readonly kind: 'refused'; readonly reason: string };

interface ParcelToLabel {
  readonly orderId: OrderId;
  readonly from: PostalAddress;
  readonly to: PostalAddress;
  readonly weightGrams: number;
  readonly currency: string;
  readonly idempotencyKey: string;
}

export interface LabelRequest extends ParcelToLabel {
  readonly shipmentId: ShipmentId;
  /** Kept beside the label, for a person who looks for the parcel. */
  readonly warehouseId: string;
  /** Whether it takes the place of a shipment that was lost. */
  readonly isReplacement: boolean;
}

export interface ReturnLabelRequest extends ParcelToLabel {
  readonly returnId: ReturnId;
}

export type VoidedLabel = CompensationResult | { readonly kind: 'too_late' };

export interface Carrier {
  /** Buys one label for the shipment, however often it is called. */
  buyLabel(request: LabelRequest): Effect<Label>;
  /** Gives the label back and bars a late purchase; `too_late` once the carrier has the parcel. */
  voidLabel(request: {
    readonly orderId: OrderId;
    readonly shipmentId: ShipmentId;
    readonly idempotencyKey: string;
  }): Promise<VoidedLabel>;
  /** Buys one label for a return, however often it is called. */
  buyReturnLabel(request: ReturnLabelRequest): Effect<Label>;
}

export interface Mail {
  readonly orderId: OrderId;
  readonly template: MailTemplate;
  /** What tells mails of one template apart: a shipment, a return, a number. */
  readonly sequence?: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Mailer {
  /**
   * Hands the mail to the mail server. The Message-ID is the same for the same order, template,
   * sequence and recipient.
   */
  send(mail: Mail): Promise<void>;
}

export interface TextMessage {
  readonly orderId: OrderId;
  readonly template: 'one_time_code';
  readonly sequence: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
}

export interface Texter {
  send(message: TextMessage): Promise<void>;
}

interface IssuedCode {
  /** Six digits. They go to the customer and nowhere else. */
  readonly code: string;
  /** What tells the messages with an order's codes apart; another one for each code. */
  readonly sequence: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

export interface Codes {
  /** Makes the order's n-th code; called again, another one under the same number. */
  issue(orderId: OrderId, number: number, validMs: number): Promise<IssuedCode>;
  /**
   * Counts a try, once for each try number: the same one has one answer.
   * @throws ProviderRefused when there is no such code
   */
  check(request: {
    readonly orderId: OrderId;
    readonly number: number;
    /** Counted by the workflow over all codes of the order. */
    readonly tryNumber: number;
    /** As the API made it of the code that the customer gave. */
    readonly digest: string;
  }): Promise<CodeVerdict>;
}

export type PartnerOffer =
  /** Taken at once, by a partner that always does. */
  | {
      readonly kind: 'assigned';
      readonly partnerId: string;
      readonly pickUpFrom: string;
      readonly pickUpUntil: string;
    }
  | {
      readonly kind: 'offered';
      readonly partnerId: string;
      readonly offerId: string;
      readonly until: string;
    }
  /** Nobody serves the place, or nobody has room: the carrier does it alone. */
  | { readonly kind: 'none' };

/** How an offer ended. */
export type ClosedOffer =
  | Extract<PartnerOffer, { kind: 'assigned' }>
  | {
      readonly kind: 'none';
      readonly partnerId: string;
      readonly why: 'declined' | 'silent' | 'released';
    };

export interface DeliveryPartners {
  /**
   * Offers the order to the next partner that serves the place and has room, and was not asked yet.
   * @param round 0 for the first partner; the same round has one answer
   * @param acceptMs 0 when nobody can be waited for: only partners that answer at once are asked
   */
  offer(request: {
    readonly orderId: OrderId;
    readonly country: string;
    readonly postalCode: string;
    readonly round: number;
    readonly acceptMs: number;
  }): Effect<PartnerOffer>;
  /**
   * Closes an offer. `assigned` when the partner has taken it, also when it did so a moment before it
   * was to be withdrawn. @throws ProviderRefused when the order has no such offer
   */
  settle(
    orderId: OrderId,
    offerId: string,
    answer: 'accept' | 'decline' | 'silent',
  ): Promise<ClosedOffer>;
  release(orderId: OrderId): Effect<CompensationResult>;
}
