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
const isTakenBack = (evidence: Evidence): boolean =>
  isEnded(evidence) && evidence.status !== 'delivered';

/** Neither ended nor known to anybody who could help. */
export const isStuck = (evidence: Evidence): boolean =>
  !isEnded(evidence) && evidence.waits.length === 0;

const sumOf = ({ bookings }: Evidence, kind: Booking['kind']): number =>
  bookings.filter((booking) => booking.kind === kind).reduce((sum, { amount }) => sum + amount, 0);

const keptMinor = (evidence: Evidence): number =>
  sumOf(evidence, 'capture') - sumOf(evidence, 'refund');

const liveParcels = ({ parcels }: Evidence): readonly Parcel[] =>
  parcels.filter(({ isVoided }) => !isVoided);

const countOf = ({ messages }: Evidence, ...templates: readonly string[]): number =>
  messages.filter((template) => templates.includes(template)).length;

type Rule = (evidence: Evidence) => boolean;

export const countedRules = {
  leakedHolds: (evidence) =>
    isEnded(evidence) && evidence.holds.some(({ state }) => state === 'held'),
  /** The buyer was told that nothing will come, and his money was kept. */
  chargedCancelled: (evidence) => isTakenBack(evidence) && keptMinor(evidence) > 0,
  /** More was taken than the order costs, or a shipment was paid for twice, whatever was given back. */
  doubleCharges: (evidence) =>
    sumOf(evidence, 'capture') > evidence.totalMinor || hasDoubleCapture(evidence),
  /** Goods were sent that nobody had set aside for the order: they are another's, or do not exist. */
  oversold: (evidence) => {
    const covered = evidence.holds.filter(({ state }) => state !== 'released');
    const places = new Set(covered.map(({ warehouseId }) => warehouseId));
    return liveParcels(evidence).length > places.size;
  },
  /** The order was taken back, and neither buyer, bank, carrier nor stock had given a reason. */
  needlessUndo: (evidence) => isTakenBack(evidence) && !isExcused(evidence),
  /** The buyer was told something that the ledgers of bank and carrier do not confirm. */
  untrueTold: (evidence) => untruths.some((isTold) => isTold(evidence)),
  /**
   * What happened to the order did not come to each of those who must know it exactly once: buyer,
   * sellers, the member's account, and the event log where there is one. What waits for a person may
   * still come, and must not have come twice.
   */
  eventsNotOnce: (evidence) =>
    isTooOften(evidence) ||
    (isEnded(evidence) && evidence.waits.length === 0 && isMissing(evidence)),
} as const satisfies Readonly<Record<string, Rule>>;

/** Those that only make an order wrong. */
const otherRules = {
  /** What was kept of the money is not the price of what was sent: all of the order, or nothing. */
  isNotPaidFor: (evidence) => {
    const isSent = liveParcels(evidence).some(({ isGone }) => isGone);
    return isEnded(evidence) && keptMinor(evidence) !== (isSent ? evidence.totalMinor : 0);
  },
  leavesAuthorization: (evidence) =>
    isEnded(evidence) &&
    sumOf(evidence, 'authorize') - sumOf(evidence, 'capture') - sumOf(evidence, 'void') > 0,
  leavesLabel: (evidence) =>
    isEnded(evidence) && liveParcels(evidence).some(({ isGone }) => !isGone),
} as const satisfies Readonly<Record<string, Rule>>;

export const brokenRules = (evidence: Evidence): readonly string[] =>
  Object.entries<Rule>({ ...countedRules, ...otherRules })
    .filter(([, isBroken]) => isBroken(evidence))
    .map(([name]) => name);

function hasDoubleCapture({ bookings }: Evidence): boolean {
  const shipments = bookings
    .filter(({ kind }) => kind === 'capture')
    // `<order>:capturePayment:<shipment>[:…]`
    .flatMap(({ idempotencyKey }) => idempotencyKey?.split(':')[2] ?? []);
  return new Set(shipments).size < shipments.length;
}

function isExcused(evidence: Evidence): boolean {
  const { excuses, cancelStatus, status } = evidence;
  if (sumOf(evidence, 'decline') > 0) return true;
  return excuses.some((excuse) => {
    switch (excuse) {
      case 'cancelled':
        return cancelStatus !== undefined && cancelStatus < 300 && status === 'cancelled';
      case 'refused':
        return status !== 'cancelled';
      case 'short':
        // An order whose payment was authorized had its goods.
        return status === 'rejected' && sumOf(evidence, 'authorize') === 0;
    }
  });
}

function isTooOften(evidence: Evidence): boolean {
  const { parcels, sellers, awards } = evidence;
  return (
    ['order_placed', 'order_confirmation'].some((name) => countOf(evidence, name) > 1) ||
    countOf(evidence, 'cancellation', 'rejection') > 1 ||
    countOf(evidence, 'seller_notice') > sellers ||
    countOf(evidence, 'shipped') > parcels.length ||
    countOf(evidence, 'delivered') > parcels.length ||
    awards > 1
  );
}

function isMissing(evidence: Evidence): boolean {
  const { unpublished, sellers, isMember, points } = evidence;
  if (unpublished > 0) return true;
  if (isTakenBack(evidence)) {
    // The mail about the end alone is enough.
    return countOf(evidence, 'cancellation', 'rejection') === 0 || points !== 0;
  }
  const sent = liveParcels(evidence).length;
  return (
    countOf(evidence, 'order_placed') === 0 ||
    countOf(evidence, 'order_confirmation') === 0 ||
    countOf(evidence, 'seller_notice') < sellers ||
    countOf(evidence, 'shipped') < sent ||
    countOf(evidence, 'delivered') < sent ||
    points > 0 !== isMember
  );
}

const untruths: readonly Rule[] = [
  // Delivered, and no parcel has arrived.
  (evidence) =>
    (evidence.status === 'delivered' || countOf(evidence, 'delivered') > 0) &&
    !evidence.parcels.some(({ isDelivered }) => isDelivered),
  // Nothing will come, and it has come or is on its way.
  (evidence) =>
    (isTakenBack(evidence) || countOf(evidence, 'cancellation', 'rejection') > 0) &&
    (liveParcels(evidence).some(({ isGone }) => isGone) || evidence.status === 'delivered'),
  // Confirmed, and no money was ever authorized.
  (evidence) => countOf(evidence, 'order_confirmation') > 0 && sumOf(evidence, 'authorize') === 0,
  // More parcels are on their way than the carrier has ever had.
  (evidence) =>
    countOf(evidence, 'shipped') > evidence.parcels.filter(({ isGone }) => isGone).length,
  // The cancel was answered with success, and that is not how it ended.
  ({ cancelStatus, status }) => cancelStatus === 200 && status !== 'cancelled',
];
