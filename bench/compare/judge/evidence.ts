import { isEnded as hasEnded } from '../../../src/domain/order-state.js';
import type { Excuse } from '../schedule/plans.js';

/** An entry of the payment provider's ledger. */
export interface Booking {
  readonly kind: 'authorize' | 'capture' | 'void' | 'refund' | 'decline';
  readonly amount: number;
  readonly idempotencyKey: string | null;
}

/** A label that was bought, by the carrier's books. */
export interface Parcel {
  readonly isVoided: boolean;
  /** Whether the carrier has it, or had. */
  readonly isGone: boolean;
  readonly isDelivered: boolean;
}

/** A message that came in where messages come in; one that came twice under one id is one. */
export interface Message {
  readonly template: string;
  readonly to: string;
}

/** A line of the goods set aside for an order. */
export interface HoldLine {
  readonly warehouseId: string;
  readonly state: 'held' | 'released' | 'issued';
}

/** What everybody's books say of one order, what its buyer was told, and what was to happen to it. */
export interface Evidence {
  readonly orderId: string;
  /** The status that whoever asks for the order is told. */
  readonly told: string;
  /** The answer to the buyer's cancel, if he sent one. */
  readonly cancelStatus: number | undefined;
  readonly excuses: readonly Excuse[];
  readonly totalMinor: number;
  readonly isMember: boolean;
  readonly sellers: number;
  readonly bookings: readonly Booking[];
  readonly parcels: readonly Parcel[];
  readonly messages: readonly Message[];
  readonly holds: readonly HoldLine[];
  /** How often points were awarded for it, and how many of them are left. */
  readonly awards: number;
  readonly points: number;
  /** What waits for a person. */
  readonly waits: readonly string[];
  /** Facts that should be events and are none; 0 where nothing is published. */
  readonly unpublished: number;
}

export const isEnded = ({ told }: Pick<Evidence, 'told'>): boolean => hasEnded({ status: told });

/** Ended without a delivery, as the buyer was told. */
export const isTakenBack = (evidence: Evidence): boolean =>
  isEnded(evidence) && evidence.told !== 'delivered';

export const sumOf = ({ bookings }: Evidence, kind: Booking['kind']): number =>
  bookings.filter((booking) => booking.kind === kind).reduce((sum, { amount }) => sum + amount, 0);

/** What was taken and not given back. */
export const keptMinor = (evidence: Evidence): number =>
  sumOf(evidence, 'capture') - sumOf(evidence, 'refund');

export const liveParcels = ({ parcels }: Evidence): readonly Parcel[] =>
  parcels.filter(({ isVoided }) => !isVoided);

export const countOf = ({ messages }: Evidence, ...templates: readonly string[]): number =>
  messages.filter(({ template }) => templates.includes(template)).length;
