import { isEnded } from '../../src/domain/order-state.js';

export interface Booking {
  readonly kind: 'authorize' | 'capture' | 'void' | 'refund' | 'decline';
  readonly amount: number;
  readonly idempotencyKey: string | null;
}

export interface Parcel {
  readonly isVoided: boolean;
  /** Whether the carrier has it, or had. */
  readonly isGone: boolean;
  readonly isDelivered: boolean;
}

export type Excuse = 'cancelled' | 'refused' | 'short';

export interface Expected {
  readonly orderId: string;
  readonly totalMinor: number;
  readonly isMember: boolean;
  readonly excuses: readonly Excuse[];
  readonly cancelStatus: number | undefined;
}

/** A fact of an order and when it was written, by a clock that all share. */
export interface TimedFact {
  readonly type: string;
  readonly atMs: number;
}

/** What the service's own ledgers and its order's row say. */
export interface OwnLedger {
  readonly orderId: string;
  /** As everybody who asks for the order is answered. */
  readonly status: string;
  readonly sellers: number;
  readonly holds: readonly {
    readonly warehouseId: string;
    readonly state: 'held' | 'released' | 'issued';
  }[];
  /** How often points were awarded for it, and how many of them are left. */
  readonly awards: number;
  readonly points: number;
  readonly waits: readonly string[];
  /** Facts that should be events and are none; 0 where nothing is published. */
  readonly unpublished: number;
  readonly facts: readonly TimedFact[];
}

export interface Evidence extends Expected, Omit<OwnLedger, 'facts'> {
  readonly bookings: readonly Booking[];
  readonly parcels: readonly Parcel[];
  /** The templates of the mails that arrived; one that came twice under one id is one. */
  readonly messages: readonly string[];
}

/** Ended without a delivery, and the buyer was informed. */
export const isTakenBack = (evidence: Evidence): boolean =>
  isEnded(evidence) && evidence.status !== 'delivered';

/** Neither ended nor known to anybody who could help. */
export const isStuck = (evidence: Evidence): boolean =>
  !isEnded(evidence) && evidence.waits.length === 0;

export const sumOf = ({ bookings }: Evidence, kind: Booking['kind']): number =>
  bookings.filter((booking) => booking.kind === kind).reduce((sum, { amount }) => sum + amount, 0);

export const keptMinor = (evidence: Evidence): number =>
  sumOf(evidence, 'capture') - sumOf(evidence, 'refund');

export const liveParcels = ({ parcels }: Evidence): readonly Parcel[] =>
  parcels.filter(({ isVoided }) => !isVoided);

export const countOf = ({ messages }: Evidence, ...templates: readonly string[]): number =>
  messages.filter((template) => templates.includes(template)).length;
