import type { ShortLine, SkuQuantity } from '../../domain/facts.js';
import type { RejectionReason } from '../../domain/rejection.js';
import type { ReturnId, ShipmentId } from '../../domain/ids.js';
import type { Money } from '../../domain/money.js';
import type { PaymentStatus } from '../../domain/order-state.js';
import type { ShortageDecision } from '../../domain/policy.js';
import type { OrderDetails, Shop, SuggestedProduct } from '../ports.js';

/**
 * What a mail tells beside the order itself. It passes through the workflow's history, so it holds
 * ids, quantities, amounts and times alone. A mail leaves out what it is not told.
 */
export interface MailData {
  readonly shipmentId?: ShipmentId | undefined;
  readonly returnId?: ReturnId | undefined;
  readonly carrier?: string | undefined;
  readonly trackingNumber?: string | undefined;
  /** The carrier's page that shows where the parcel is. */
  readonly trackingUrl?: string | undefined;
  /** Money that moves or will move: charged, paid back, due. */
  readonly amount?: Money | undefined;
  /** A deadline, RFC 3339. */
  readonly until?: string | undefined;
  /** The goods that it is about: in the parcel, dropped, coming back. */
  readonly lines?: readonly SkuQuantity[] | undefined;
  /** The goods that are not all there. */
  readonly short?: readonly ShortLine[] | undefined;
  /** What happens to a shortage that the buyer does not decide about. */
  readonly otherwise?: ShortageDecision | undefined;
  /** How the payment stands when the order ends. */
  readonly payment?: PaymentStatus | undefined;
  readonly rejection?: RejectionReason | undefined;
  /** The risk rules by which an order needs approval, or what the staff says about a return. */
  readonly reasons?: readonly string[] | undefined;
}

/** All that a mail is written from. */
export interface MailContext {
  readonly order: OrderDetails;
  readonly shop: Shop;
  readonly data: MailData;
  /** What the buyer may like as well. */
  readonly suggestions?: readonly SuggestedProduct[];
  /** The one-time code; it is never in {@link MailData}, as no history may hold it. */
  readonly code?: string;
}
