import type { Fact, InspectedLine, RecordedFact, ShortLine, SkuQuantity } from '../domain/facts.js';
import type { OrderId, ReturnId, ShipmentId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import type { OrderState } from '../domain/order-state.js';
import type { Allocation } from '../domain/parcels.js';
import type { Settlement } from '../domain/returnable.js';
import type {
  Codes,
  CompensationResult,
  DeliveryPartners,
  Effect,
  PostalAddress,
  ProviderPorts,
} from './provider-ports.js';

export type * from './provider-ports.js';

/**
 * What the activities need from the world, in the domain's words. Adapters implement these.
 * An expected outcome is a returned value. An adapter throws `ProviderUnavailable` for what
 * may work later and `ProviderRefused` for what never will (domain/failures.ts); anything else it throws is
 * treated as a passing fault.
 */
export interface Ports extends ProviderPorts {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly codes: Codes;
  readonly partners: DeliveryPartners;
  readonly loyalty: Loyalty;
  readonly orders: OrderBook;
  readonly shop: Shop;
  readonly returns: ReturnBook;
  readonly exchanges: Exchanges;
  readonly recommendations?: Recommendations;
}

/** One change of an order, written whole or not at all, at most once for its key. */
export interface Entry {
  readonly orderId: OrderId;
  /** Names the change within its order: a step's name, a message's id. A second write is a no-op. */
  readonly key: string;
  readonly facts: readonly Fact[];
  /** Given when the facts change the state: the state after them, and its place in their order. */
  readonly change?: { readonly revision: number; readonly state: OrderState };
}

/** What stands on record once an entry was written. */
export interface Written {
  /** As they stand in the timeline: those of the first writer, if the key was known already. */
  readonly facts: readonly RecordedFact[];
  /**
   * The place of the change that the order's row shows. Another one than the entry's own: the row
   * was left as it was, because the key was known or a later change of the same phase was there.
   */
  readonly rowRevision: number;
}

export interface Journal {
  /**
   * Appends to the timeline and the outbox and updates the order's row, in one transaction.
   * @throws ProviderRefused when the order has begun to be undone since (a late attempt is fenced).
   */
  append(entry: Entry): Promise<Written>;
  /**
   * Carries an effect out and appends the entry about its outcome. @param entryOf under one key for
   * all outcomes; it may be asked about outcomes that do not come
   */
  appendWith<Outcome>(
    effect: Effect<Outcome>,
    entryOf: (outcome: Outcome) => Entry,
  ): Promise<{ readonly outcome: Outcome } & Written>;
  /** What stands in the order's timeline under the key; nothing where nobody wrote anything yet. */
  find(orderId: OrderId, key: string): Promise<readonly RecordedFact[]>;
}

/** What the workflow must not carry: fetched by order id, inside the activity that needs it. */
export interface OrderDetails {
  readonly orderId: OrderId;
  readonly customer: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    /** E.164. */
    readonly phone?: string;
    readonly member: boolean;
  };
  readonly shippingAddress: PostalAddress;
  readonly paymentMethod: string;
  readonly total: Money;
  /** The part of the total that is the shipping fee. */
  readonly shipping: Money;
  readonly lines: readonly OrderedLine[];
}

export interface OrderedLine extends SkuQuantity {
  readonly title: string;
  readonly unitPrice: Money;
  readonly weightGrams: number;
  readonly seller: { readonly id: string; readonly name: string; readonly email: string };
}

/** What an address change did to the price. */
export type AddressChange =
  | { readonly kind: 'changed'; readonly shipping: Money; readonly total: Money }
  | { readonly kind: 'price_would_change' };

export interface OrderBook {
  /** @throws ProviderRefused when there is no such order. */
  find(orderId: OrderId): Promise<OrderDetails>;
  /** The address that parcels of a warehouse start from. @throws ProviderRefused when unknown */
  warehouse(warehouseId: string): Promise<PostalAddress>;
  /**
   * Puts a staged address into force, once. @param mayReprice false once the payment is authorized
   * @throws ProviderRefused when there is no such staged change of this order
   */
  changeAddress(orderId: OrderId, changeId: string, mayReprice: boolean): Promise<AddressChange>;
  /** Puts a staged payment method into force. @throws ProviderRefused as {@link changeAddress} */
  changePaymentMethod(orderId: OrderId, changeId: string): Promise<void>;
}

/** The shop as its customers see it. */
export interface Shop {
  readonly name: string;
  /** Who hears of orders that wait for a person. */
  readonly staffEmail: string;
  /** Where a customer looks after his order; undefined when there is no such page. */
  orderPage(orderId: OrderId): string | undefined;
}

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
  ): Effect<Reservation>;
  /** Waits in the queue for goods; they are set aside in the order in which the orders came. */
  enqueue(orderId: OrderId, lines: readonly SkuQuantity[]): Effect<null>;
  /** Gives all held stock back, leaves the queue, and bars a late reserve. Harmless when nothing is held. */
  release(holdId: HoldId): Effect<null>;
  /** Gives back what one warehouse holds, while the rest of the hold stays. */
  releasePart(holdId: HoldId, warehouseId: string): Effect<null>;
  /** Takes held stock out of the warehouse's books: the parcel is gone. All of it without a warehouse. */
  issue(holdId: HoldId, warehouseId?: string): Effect<null>;
  /** Keeps the hold from expiring. @returns until when it holds, RFC 3339 */
  extend(holdId: HoldId): Effect<string>;
  /** Puts goods that came back into the books, once for each key. */
  restock(key: string, lines: readonly SkuQuantity[]): Effect<null>;
}

export interface Loyalty {
  award(orderId: OrderId, memberId: string, points: number): Effect<null>;
  revoke(orderId: OrderId): Effect<CompensationResult>;
  /**
   * Takes back a part of an order's points, once for each key, and never more than the member has
   * left above the least that the policy leaves him. @returns the points that were taken
   */
  revokePart(request: {
    readonly orderId: OrderId;
    readonly key: string;
    readonly points: number;
  }): Promise<number>;
}

/** One change of a return: facts of its order, and the return's own row. */
export interface ReturnEntry {
  readonly orderId: OrderId;
  readonly returnId: ReturnId;
  /** Names the change within its order, as in {@link Entry}. */
  readonly key: string;
  readonly facts: readonly Fact[];
}

/** What the return's workflow must not carry, or cannot know. */
export interface ReturnBook {
  /** The warehouse that the goods go to: one that sent of them, where that is known. */
  warehouseOf(returnId: ReturnId): Promise<string>;
  /**
   * Writes the facts, the return's row and what they make of the order's row in one transaction,
   * once for each key. No number is given to the change: the order's workflow has ended.
   */
  record(entry: ReturnEntry): Promise<Written>;
  /**
   * Writes what the warehouse found, and decides what is refunded, once for each return: a later call
   * answers like the first.
   */
  settle(request: {
    readonly orderId: OrderId;
    readonly returnId: ReturnId;
    readonly key: string;
    readonly by: string;
    readonly lines: readonly InspectedLine[];
  }): Promise<{ readonly settlement: Settlement } & Written>;
}

export interface Exchanges {
  /**
   * Places an order of what was accepted of a return, at the prices that were paid, once for each
   * return. The relay starts it.
   */
  place(returnId: ReturnId): Promise<OrderId>;
}

export interface SuggestedProduct {
  readonly sku: string;
  readonly title: string;
}

/** Whoever knows what goes with an order; nobody may be there. */
export interface Recommendations {
  /** Products that the order's buyer may like, best first; none when nothing is known. */
  suggest(orderId: OrderId, limit: number): Promise<readonly SuggestedProduct[]>;
}
