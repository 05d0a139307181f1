import fc from 'fast-check';
import { typeid } from 'typeid-js';
import { orderRequest } from '../../src/api/schemas/order-request.js';
import {
  lostParcelPolicies,
  shipmentFailurePolicies,
  shortagePolicies,
} from '../../src/domain/policy.js';
import type { Verification } from '../../src/domain/risk.js';
import { standardServiceLevel, type ServiceLevel } from '../../src/domain/service-level.js';
import { anOrderRequest } from '../support/placed-orders.js';

const minuteMs = 60_000;

/** A call that goes wrong once: before or after its effect, or with an effect that comes late. */
export type Fault = Drawn<typeof fault>;
type Drawn<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;

/** With three different shipping fees. */
const countries = ['DE', 'FR', 'NO'] as const;

export const skus = ['TEA-100', 'TEA-500', 'MUG-200', 'POT-900', 'JAR-300'] as const;
const warehouses = ['wh_hamburg', 'wh_rotterdam'] as const;

export type Fate = ReturnType<typeof consistent>;

/** `often` ten times as likely as each of the others. */
const mostly = <T extends string>(often: T, ...others: readonly T[]) =>
  fc.oneof(
    { weight: 10, arbitrary: fc.constant(often) },
    ...others.map((other) => ({ weight: 1, arbitrary: fc.constant(other) })),
  );

const parcel = fc.record({
  /** `early` is before the money was taken; `given_up` and `late` are after a person was asked. */
  pickUp: mostly('soon', 'early', 'late', 'given_up'),
  end: mostly(
    'delivered',
    'delivered_unscanned',
    'lost',
    'lost',
    'returned',
    'returned',
    'exception_then_delivered',
    'exception_then_decided',
  ),
  /** What the person says who is asked about the parcel. */
  decision: fc.constantFrom('refund', 'reship', 'restock_and_refund'),
  isReportedTwice: fc.boolean(),
});
type DrawnParcel = Drawn<typeof parcel>;

export interface ParcelFate extends Omit<DrawnParcel, 'end'> {
  readonly end: DrawnParcel['end'] | 'silent' | 'silent_then_decided';
}

const fault = fc.record({
  call: fc.constantFrom('authorize', 'find', 'void', 'capture', 'refund', 'buyLabel', 'voidLabel'),
  kind: mostly('after', 'before', 'before', 'before', 'late'),
});

const cancel = fc.record({
  by: fc.constantFrom('update', 'signal', 'temporal'),
  when: fc.oneof(
    fc.record({ afterMs: fc.integer({ min: 0, max: 1_500 }) }),
    fc.record({
      during: fc.constantFrom('reserve', 'authorize', 'capture', 'buyLabel', 'find'),
    }),
  ),
});
export type CancelFate = Drawn<typeof cancel>;

const drawn = fc.record({
  lines: fc.array(
    fc.record({ sku: fc.constantFrom(...skus), quantity: fc.integer({ min: 1, max: 4 }) }),
    { minLength: 1, maxLength: 4 },
  ),
  country: fc.constantFrom(...countries),
  hasDiscount: fc.boolean(),
  member: fc.boolean(),
  policy: fc.record({
    shortage: fc.constantFrom(...shortagePolicies),
    shipmentFailure: fc.constantFrom(...shipmentFailurePolicies),
    lostParcel: fc.constantFrom(...lostParcelPolicies),
    pointsAt: fc.constantFrom('confirmed' as const, 'delivered' as const),
  }),
  approval: mostly('none', 'approve', 'reject', 'silent'),
  code: mostly('none', 'right', 'second_try', 'resent', 'silent'),
  shortageAnswer: fc.constantFrom('cancel', 'ship_available', 'wait', 'silent'),
  waitsLong: fc.boolean(),
  /** `confirmed`, `failed` and `unanswered` after the bank has asked. */
  authorizations: fc.array(
    mostly(
      'approved',
      'declined',
      'declined',
      'confirmed',
      'confirmed',
      'failed',
      'unanswered',
      'broken',
    ),
    { maxLength: 3 },
  ),
  hasAnotherCard: fc.boolean(),
  captures: fc.array(mostly('captured', 'expired', 'broken'), { maxLength: 3 }),
  labels: fc.array(mostly('sold', 'bad_address', 'unsellable', 'broken'), {
    maxLength: 3,
  }),
  /** What the customer can say when the carrier refuses the address. */
  hasAnotherAddress: fc.boolean(),
  move: fc.option(
    fc.record({
      country: fc.constantFrom(...countries),
      afterMs: fc.integer({ min: 0, max: 600 }),
    }),
    { freq: 4 },
  ),
  faults: fc.array(fault, { maxLength: 2 }),
  /** Nothing of it arrives: its parcels fall silent, and nobody waits for them long. */
  isSilent: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
  parcels: fc.array(parcel, { maxLength: 4 }),
  cancel: fc.option(cancel, { freq: 2 }),
  /** Goods that arrive at about the time of the order. */
  receipt: fc.option(
    fc.record({
      sku: fc.constantFrom(...skus),
      quantity: fc.integer({ min: 1, max: 8 }),
      warehouseId: fc.constantFrom(...warehouses),
      afterMs: fc.integer({ min: 0, max: 2_000 }),
    }),
    { freq: 3 },
  ),
});

const arriving: ParcelFate = {
  pickUp: 'soon',
  end: 'delivered',
  decision: 'refund',
  isReportedTwice: false,
};

/** A parcel that counts as lost because nobody reported it must not arrive after all. */
function consistent(fate: Drawn<typeof drawn>) {
  if (!fate.isSilent) return { ...fate, lastParcel: arriving };
  const silent = fate.parcels.map((parcel, index): ParcelFate => {
    const end = index % 2 === 0 ? 'silent' : 'silent_then_decided';
    return { ...parcel, end, decision: 'refund' };
  });
  return {
    ...fate,
    policy: { ...fate.policy, lostParcel: 'refund' as const },
    parcels: silent,
    lastParcel: { ...arriving, end: 'silent' as const },
  };
}

/** Everything that chance decides about one order. */
export const fates = drawn.map(consistent);

/** A wait lasts a minute where its answer comes, and moments where none comes. */
export function serviceLevelOf(fate: Fate): ServiceLevel {
  const limitMs = (isAnswered: boolean) => (isAnswered ? minuteMs : 150);
  const isLate = fate.parcels.some(({ pickUp }) => pickUp === 'late' || pickUp === 'given_up');
  return {
    ...standardServiceLevel,
    approval: { remindMs: 40, expireMs: limitMs(fate.approval !== 'silent') },
    code: { validMs: minuteMs, expireMs: limitMs(fate.code !== 'silent') },
    shortage: {
      remindMs: 40,
      decideMs: limitMs(fate.shortageAnswer !== 'silent'),
      backorderMs: fate.waitsLong ? 4_000 : 300,
    },
    payment: {
      confirmMs: limitMs(!fate.authorizations.includes('unanswered')),
      retryMs: limitMs(fate.hasAnotherCard),
    },
    address: { fixMs: limitMs(fate.hasAnotherAddress) },
    offer: { acceptMs: 30 },
    handOver: isLate ? { warnMs: 40, escalateMs: 80 } : { warnMs: 40, escalateMs: minuteMs },
    delivery: fate.isSilent
      ? { warnMs: 40, escalateMs: 80, giveUpMs: 400 }
      : { warnMs: 60, escalateMs: minuteMs, giveUpMs: 2 * minuteMs },
    undoMs: minuteMs / 2,
  };
}

/** No rule asks for anything: what an order is verified for is drawn. */
export const noRisk = {
  approvalAmountMinor: 100_000_000,
  ordersPerCustomerPerHour: 1_000,
  ordersPerCardPerHour: 100_000,
};

/** What has to happen before any money of this order moves. */
export const verificationOf = ({ approval, code }: Fate): Verification => ({
  approval: approval === 'none' ? [] : ['large_amount'],
  code: code === 'none' ? [] : ['other_country'],
});

/** How its customer asks for it. */
export const requestOf = (fate: Fate) =>
  orderRequest.parse({
    ...anOrderRequest,
    customer: { ...anOrderRequest.customer, id: typeid('cus').toString(), member: fate.member },
    shipping_address: { ...anOrderRequest.shipping_address, country: fate.country },
    lines: fate.lines,
    ...(fate.hasDiscount && { discount_code: 'WELCOME10' }),
    shortage_policy: fate.policy.shortage,
    shipment_failure_policy: fate.policy.shipmentFailure,
    lost_parcel_policy: fate.policy.lostParcel,
  });
