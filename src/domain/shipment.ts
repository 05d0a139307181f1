import type { ShipmentId } from './ids.js';
import type { Money } from './money.js';
import type { Parcel } from './parcels.js';

/** What carriers report that matters to an order; all else is a scan. */
export const carrierMilestones = [
  'handed_over',
  'delivered',
  'exception',
  'lost',
  'returned_to_sender',
] as const;

export type CarrierMilestone = (typeof carrierMilestones)[number];

/** A milestone that a carrier reported. */
export interface CarrierEvent {
  /** The carrier's id of the event: the same event has one effect, however often it comes. */
  readonly eventId: string;
  readonly shipmentId: ShipmentId;
  readonly milestone: CarrierMilestone;
}

/** An authorization, counted from 1; with the provider's id and the amount as soon as it is made. */
export interface Authorization {
  readonly number: number;
  readonly paymentId?: string;
  readonly amount?: Money;
}

/** What the buyer is told of a label that was bought. */
interface BoughtLabel {
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly trackingUrl?: string;
}

/** One shipment of an order, from the shelf to its end: what is in it, and how far it has come. */
export class Shipment {
  label: BoughtLabel | undefined;
  /** The authorization that its money was taken from, or was tried to be. */
  capturedFrom: Authorization | undefined;
  isCaptured = false;
  /** What the carrier said when it was asked to give the parcel back. */
  recall: 'back' | 'gone' | undefined;
  /** It will not go; the rest of the order does. */
  isAbandoned = false;
  /** Nothing more will become of it. */
  isAtEnd = false;
  isHandedOver = false;
  /** How its way with the carrier ended; undefined while it is under way. */
  arrival: 'delivered' | 'lost' | 'returned_to_sender' | undefined;
  /** How often the carrier reported trouble. */
  exceptions = 0;

  constructor(
    /** Where a replacement is sent from is known when its goods are set aside. */
    public plan: Parcel,
    /** Sent in place of one that got lost, from a hold of its own and at our cost. */
    readonly isReplacement = false,
  ) {}

  get id(): ShipmentId {
    return this.plan.shipmentId;
  }

  get amount(): Money {
    return this.plan.amount;
  }

  /** Whether it can no longer be kept in the house. */
  get hasLeft(): boolean {
    return this.isHandedOver || this.recall === 'gone';
  }

  /** Every report says that the carrier has the parcel; a report after an end is late. */
  note(milestone: CarrierMilestone): void {
    if (this.arrival !== undefined) return;
    this.isHandedOver = true;
    if (milestone === 'exception') this.exceptions += 1;
    else if (milestone !== 'handed_over') this.arrival = milestone;
  }
}
