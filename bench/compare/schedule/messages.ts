import type { FactType } from '../../../src/domain/facts.js';
import { inOneParcel } from './baskets.js';
import { draw, everyFew, type Draft } from './drafts.js';
import type { MishapKind, OrderPlan, ProviderFault } from './plans.js';
import { withDeed } from './strikes.js';

/** What services tell each other, from the first to the last step. */
const chain: readonly FactType[] = [
  'order.placed',
  'inventory.reserved',
  'order.confirmed',
  'shipment.created',
  'payment.captured',
];

/** So many scans a parcel has on its way. */
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
