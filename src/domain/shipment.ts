import {
  nothingReported,
  reportAfter,
  type CarrierMilestone,
  type CarrierReport,
} from './carrier-report.js';
import type { ShipmentId } from './ids.js';
import type { Money } from './money.js';
import type { Parcel } from './parcels.js';

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
