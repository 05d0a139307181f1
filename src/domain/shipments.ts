import { shipmentIdOf, type ShipmentId } from './ids.js';
import { money, totalOf, type Money } from './money.js';
import { onlyParcel, type Parcel, type WholeOrder } from './parcels.js';
import type { OrderPolicy } from './policy.js';
import { Shipment, type Authorization, type CarrierEvent } from './shipment.js';

/** The shipments of an order, and what carriers report about them. */
export class Shipments {
  #all: readonly Shipment[];
  private readonly replacements: Shipment[] = [];
  /** All that carriers said: they may be faster than we are, and speak of what is not planned yet. */
  private readonly events = new Map<string, CarrierEvent>();

  constructor(private readonly order: WholeOrder) {
    this.#all = [new Shipment(onlyParcel(order))];
  }

  /** Without those that replace lost ones. One is assumed while the stock has not said where from. */
  get all(): readonly Shipment[] {
    return this.#all;
  }

  get isAnyHandedOver(): boolean {
    return [...this.#all, ...this.replacements].some(({ hasLeft }) => hasLeft);
  }

  /** Those that nothing has become of yet. */
  get open(): readonly Shipment[] {
    return this.#all.filter(({ isAtEnd }) => !isAtEnd);
  }

  /** Those that are still to be paid for. */
  private get unpaid(): readonly Shipment[] {
    return this.#all.filter(({ isCaptured, isAbandoned }) => !isCaptured && !isAbandoned);
  }

  /** What is left to take from the customer's card. */
  get leftToCapture(): Money {
    return this.worth(this.unpaid);
  }

  /**
   * What is held on the card although nobody needs it: shipments that were abandoned before their
   * capture, or captured from the authorization that this one replaced while they were.
   * @returns undefined when there is nothing, or while others are still to be paid for
   */
  needlesslyHeld({ number, amount }: Authorization): Money | undefined {
    if (amount === undefined || this.unpaid.length > 0) return undefined;
    const captured = this.#all.filter(
      (shipment) => shipment.isCaptured && shipment.capturedFrom?.number === number,
    );
    const heldMinor = amount.amountMinor - this.worth(captured).amountMinor;
    return heldMinor > 0 ? money(heldMinor, amount.currency) : undefined;
  }

  /** Those about which the carrier gave this answer when it was asked to give them back. */
  recalled(answer: Shipment['recall']): readonly Shipment[] {
    return this.#all.filter(({ recall }) => recall === answer);
  }

  /** Whether the order goes on without this shipment: another one has left, or the policy says so. */
  mayGoOnWithout(shipment: Shipment, policy: OrderPolicy['shipmentFailure']): boolean {
    const others = this.#all.filter((other) => other !== shipment && !other.isAbandoned);
    if (others.some(({ hasLeft }) => hasLeft)) return true;
    return others.length > 0 && policy === 'refund_shipment';
  }

  plan(parcels: readonly Parcel[]): void {
    this.#all = parcels.map((parcel) => this.welcome(new Shipment(parcel)));
  }

  /** The id of the next shipment that replaces a lost one: behind those of all the others. */
  nextReplacementId(): ShipmentId {
    return shipmentIdOf(this.order.orderId, this.#all.length + this.replacements.length);
  }

  replace(parcel: Parcel): Shipment {
    const replacement = new Shipment(parcel, true);
    this.replacements.push(replacement);
    return this.welcome(replacement);
  }

  /** The same event has one effect. One about another order's shipment has none. */
  receive(event: CarrierEvent): void {
    if (this.events.has(event.eventId)) return;
    this.events.set(event.eventId, event);
    const known = [...this.#all, ...this.replacements];
    known.find(({ id }) => id === event.shipmentId)?.note(event.milestone);
  }

  private welcome(shipment: Shipment): Shipment {
    for (const { shipmentId, milestone } of this.events.values()) {
      if (shipmentId === shipment.id) shipment.note(milestone);
    }
    return shipment;
  }

  private worth(shipments: readonly Shipment[]): Money {
    return totalOf(shipments, this.order.total.currency);
  }
}
