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

/** How far a parcel has come, by all that its carrier reported. */
interface CarrierReport {
  readonly isHandedOver: boolean;
  /** How its way ended; undefined while it is under way. */
  readonly end: 'delivered' | 'lost' | 'returned_to_sender' | undefined;
  /** How often there was trouble. */
  readonly exceptions: number;
}

const nothingReported: CarrierReport = {
  isHandedOver: false,
  end: undefined,
  exceptions: 0,
};

/** Every report says that the carrier has the parcel; a report after an end is late. */
function reportAfter(report: CarrierReport, milestone: CarrierMilestone): CarrierReport {
  if (report.end !== undefined) return report;
  switch (milestone) {
    case 'handed_over':
      return { ...report, isHandedOver: true };
    case 'exception':
      return { ...report, isHandedOver: true, exceptions: report.exceptions + 1 };
    case 'delivered':
    case 'lost':
    case 'returned_to_sender':
      return { ...report, isHandedOver: true, end: milestone };
  }
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
  private report = nothingReported;

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

  get isHandedOver(): boolean {
    return this.report.isHandedOver;
  }

  /** Whether it can no longer be kept in the house. */
  get hasLeft(): boolean {
    return this.isHandedOver || this.recall === 'gone';
  }

  /** How its way with the carrier ended; undefined while it is under way. */
  get arrival(): CarrierReport['end'] {
    return this.report.end;
  }

  /** How often the carrier reported trouble. */
  get exceptions(): number {
    return this.report.exceptions;
  }

  note(milestone: CarrierMilestone): void {
    this.report = reportAfter(this.report, milestone);
  }
}
