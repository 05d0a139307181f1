import type { ShipmentId } from './ids.js';

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
export interface CarrierReport {
  readonly isHandedOver: boolean;
  /** How its way ended; undefined while it is under way. */
  readonly end: 'delivered' | 'lost' | 'returned_to_sender' | undefined;
  /** How often there was trouble. */
  readonly exceptions: number;
}

export const nothingReported: CarrierReport = {
  isHandedOver: false,
  end: undefined,
  exceptions: 0,
};

/** Whatever a carrier says of a parcel, it has it; whatever comes after an end is late. */
export function reportAfter(report: CarrierReport, milestone: CarrierMilestone): CarrierReport {
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
