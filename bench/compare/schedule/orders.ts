import type { FactType } from '../../../src/domain/facts.js';
import { shuffled, type Random } from '../../harness/random.js';
import { inOneParcel } from './baskets.js';
import type { Deed, MishapKind, OrderPlan, ProviderFault, SeedPlan, Step } from './plans.js';

/** The orders of a seed, before anything has happened to them. */
export interface Draft {
  readonly seed: number;
  readonly random: Random;
  readonly baskets: readonly OrderPlan[];
}

/** What a fault changes; the rest of the plan stays. */
export type FaultPlan = Partial<Pick<SeedPlan, 'orders' | 'disturbances' | 'scarce'>>;

const mostStruck = 4;
const leastStruck = 2;

/** How many orders of a seed are struck by what strikes some of them. */
export const everyFew = ({ baskets }: Pick<Draft, 'baskets'>): number =>
  Math.min(mostStruck, Math.max(leastStruck, Math.floor(baskets.length / 6)));

/**
 * Changes some of the orders, whichever the seed draws.
 * @param change is told the order's place among those that are changed, and how many those are
 */
export function draw(
  { random, baskets }: Pick<Draft, 'random' | 'baskets'>,
  count: number,
  change: (order: OrderPlan, place: number, count: number) => OrderPlan,
): readonly OrderPlan[] {
  const drawn = shuffled(random, baskets).slice(0, count);
  return baskets.map((order) => {
    const place = drawn.indexOf(order);
    return place === -1 ? order : change(order, place, drawn.length);
  });
}

/** What services tell each other, from the first to the last step. */
const chain: readonly FactType[] = [
  'order.placed',
  'inventory.reserved',
  'order.confirmed',
  'shipment.created',
  'payment.captured',
];

const allScans = 3;
/** Longer than the parcel is under way. */
const lateMs = 1_500;

/**
 * What goes wrong with messages: in half of the orders that are struck with the carrier's, which all
 * arms hear, in the others with those of the services to each other, where nothing keeps them safe.
 */
export const mishaps = (
  draft: Draft,
  kind: MishapKind,
  ofCarrier: (order: OrderPlan, place: number) => OrderPlan,
): readonly OrderPlan[] =>
  draw(draft, 2 * everyFew(draft), (order, place) => {
    if (place % 2 === 0) return ofCarrier(inOneParcel(order), place / 2);
    const nth = draft.seed * everyFew(draft) + (place - 1) / 2;
    const event = chain[nth % chain.length];
    return event === undefined ? order : { ...order, mishap: { event, kind } };
  });

/** The first scan alone, which a later one makes up for; or the carrier is not heard of again. */
export const lost = (order: OrderPlan, place: number): OrderPlan =>
  scans(order, { kind: 'lost', times: place % 2 === 0 ? 1 : allScans });

export const doubled = (order: OrderPlan): OrderPlan =>
  scans(order, { kind: 'duplicate', times: allScans });

/** The first alone comes after those that follow it; all of them keep their order. */
export const late = (order: OrderPlan, times: 1 | 3): OrderPlan =>
  scans(order, { kind: 'late', times, delay_ms: lateMs });

const scans = (order: OrderPlan, fault: Pick<ProviderFault, 'kind' | 'times' | 'delay_ms'>) =>
  withDeed(order, {
    kind: 'provider',
    step: 'label',
    fault: { service: 'carrier', operation: 'webhook', ...fault },
  });

/** A parcel that goes there stays with us, so that a cancel is never too late. */
const silentCity = 'Silent Harbor';

const labelRefused: ProviderFault = {
  service: 'carrier',
  operation: 'buy_label',
  kind: 'refuse',
};

/** Taken back when this stands in the timeline, while its parcel waits. */
export const cancelledAt = (
  order: OrderPlan,
  cancelAt: NonNullable<OrderPlan['cancelAt']>,
): OrderPlan => ({
  ...inOneParcel(order),
  city: silentCity,
  cancelAt,
  excuses: ['cancelled'],
});

/** The order with what has to happen to it so that it comes to the step. */
export function comingTo(order: OrderPlan, step: Step): OrderPlan {
  switch (step) {
    case 'reserve':
    case 'authorize':
    case 'label':
    case 'capture':
    case 'notify':
      return order;
    case 'void':
    case 'release':
      return withDeed({ ...inOneParcel(order), excuses: ['refused'] }, refusedLabel);
    case 'refund':
      return cancelledAt(order, 'payment.captured');
  }
}

const refusedLabel: Deed = { kind: 'provider', step: 'label', fault: labelRefused };

export const withDeed = (order: OrderPlan, ...deeds: readonly Deed[]): OrderPlan => ({
  ...order,
  deeds: [...order.deeds, ...deeds],
});

export const callOf = {
  authorize: { service: 'payments', operation: 'authorize' },
  label: { service: 'carrier', operation: 'buy_label' },
  capture: { service: 'payments', operation: 'capture' },
  notify: { service: 'mail', operation: 'send' },
  void: { service: 'payments', operation: 'void' },
  refund: { service: 'payments', operation: 'refund' },
} as const satisfies Partial<Record<Step, Pick<ProviderFault, 'service' | 'operation'>>>;

export type CalledStep = keyof typeof callOf;
