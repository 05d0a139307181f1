import type { OrderId } from '../../domain/ids.js';
import type { CompensationResult } from './payments.js';

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
  }): Promise<PartnerOffer>;
  /**
   * Closes an offer. `assigned` when the partner has taken it, also when it did so a moment before it
   * was to be withdrawn. @throws ProviderRefused when the order has no such offer
   */
  settle(
    orderId: OrderId,
    offerId: string,
    answer: 'accept' | 'decline' | 'silent',
  ): Promise<ClosedOffer>;
  release(orderId: OrderId): Promise<CompensationResult>;
}
