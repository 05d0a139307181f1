import type { ShortLine, SkuQuantity } from '../../domain/facts.js';
import type { OrderId, ShipmentId } from '../../domain/ids.js';
import type { Allocation } from '../../domain/parcels.js';

export type Reservation =
  | {
      readonly kind: 'reserved';
      /** What each warehouse sends: one shipment each. */
      readonly allotments: readonly Allocation[];
      /** What was asked for and is not there; empty unless a part was allowed. */
      readonly dropped: readonly SkuQuantity[];
    }
  | { readonly kind: 'short'; readonly lines: readonly ShortLine[] };

/** A hold belongs to an order, or to the shipment that replaces a lost one. */
export type HoldId = OrderId | ShipmentId;

export interface Inventory {
  /**
   * Sets all lines aside, or, with `partial`, what there is of them; nothing at all is short. They stay
   * aside for `holdMs` milliseconds, or for the shop's default. A hold
   * that exists already is answered as it is. @throws ProviderRefused when it was released before.
   */
  reserve(
    holdId: HoldId,
    lines: readonly SkuQuantity[],
    options?: { readonly partial: boolean; readonly holdMs?: number },
  ): Promise<Reservation>;
  /** Waits in the queue for goods; they are set aside in the order in which the orders came. */
  enqueue(orderId: OrderId, lines: readonly SkuQuantity[]): Promise<void>;
  /** Gives all held stock back, leaves the queue, and bars a late reserve. Harmless when nothing is held. */
  release(holdId: HoldId): Promise<void>;
  /** Gives back what one warehouse holds, while the rest of the hold stays. */
  releasePart(holdId: HoldId, warehouseId: string): Promise<void>;
  /** Takes held stock out of the warehouse's books: the parcel is gone. All of it without a warehouse. */
  issue(holdId: HoldId, warehouseId?: string): Promise<void>;
  /** Keeps the hold from expiring. @returns until when it holds, RFC 3339 */
  extend(holdId: HoldId): Promise<string>;
  /** Puts goods that came back into the books, once for each key. */
  restock(key: string, lines: readonly SkuQuantity[]): Promise<void>;
}
