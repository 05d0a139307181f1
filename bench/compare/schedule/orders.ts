import type { FactType } from '../../../src/domain/facts.js';
import { between, oneOf, pick, randomOf, shuffled, type Random } from '../../harness/random.js';
import type { z } from 'zod';
import type { faultRequest } from '../../../src/sandbox/faults.js';
import type { Excuse } from '../../ledgers/rules.js';

export const steps = [
  'reserve',
  'authorize',
  'label',
  'capture',
  'notify',
  'void',
  'refund',
  'release',
] as const;
export type Step = (typeof steps)[number];

/** Where in a step: before its call, after the call was answered, after the answer was written down. */
export type Boundary = 'before_effect' | 'after_effect' | 'after_commit';

/** What a stand-in provider shall do wrong; as its control API takes it, without the order. */
export type ProviderFault = Omit<z.input<typeof faultRequest>, 'order_id'>;

export type Deed =
  | { readonly kind: 'die'; readonly step: Step; readonly boundary: Boundary }
  /** Ordered just before the step's call. */
  | { readonly kind: 'provider'; readonly step: Step; readonly fault: ProviderFault };

export type MishapKind = 'lost' | 'doubled' | 'reordered' | 'delayed' | 'garbled';

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

export interface OrderPlan {
  readonly index: number;
  readonly customerId: string;
  readonly isMember: boolean;
  readonly lines: readonly Line[];
  readonly paymentMethod: string;
  readonly city: string;
  readonly deeds: readonly Deed[];
  readonly mishap?: { readonly event: FactType; readonly kind: MishapKind };
  readonly cancelAt?: FactType;
  /** Ordered just before the cancel. */
  readonly beforeCancel?: readonly ProviderFault[];
  /** Gets a message that nobody can read, where messages are kept safe; else its own is garbled. */
  readonly isPoisoned?: boolean;
  readonly excuses: readonly Excuse[];
}

export type DisturbanceKind =
  | 'restart_broker'
  | 'restart_engine'
  | 'restart_database'
  | 'new_version'
  /** Every consumer group reads its last events again. */
  | 'redeliver'
  /** Nothing is notified any more; what polls finds it. */
  | 'mute_notifications'
  | 'pause_broker';

/** The orders of one seed under one fault: the same for all arms. */
export interface SeedPlan {
  readonly seed: number;
  readonly orders: readonly OrderPlan[];
  /** Each happens when so many orders were begun. */
  readonly disturbances: readonly {
    readonly kind: DisturbanceKind;
    readonly afterOrders: number;
  }[];
  readonly scarce?: Line;
}

/** In one warehouse; what lies in the other one makes a second parcel. */
const skus = ['TEA-100', 'TEA-500', 'MUG-200', 'POT-900'] as const;
const elsewhere = 'JAR-300';

/** They are all accepted; several, since one card in every order would look busier than any. */
const cards = ['pm_card_visa', 'pm_card_visa_debit', 'pm_card_mastercard', 'pm_card_amex'] as const;

const twoParcelShare = 1 / 6;
const memberShare = 2 / 3;

export function basketsOf(seed: number, orders: number): readonly OrderPlan[] {
  const random = randomOf(seed);
  return Array.from({ length: orders }, (_unused, index) => ({
    index,
    customerId: `cus_cmp_${seed}_${index}`,
    isMember: random() < memberShare,
    lines: linesOf(random),
    paymentMethod: oneOf(random, cards),
    city: 'Berlin',
    deeds: [],
    excuses: [],
  }));
}

function linesOf(random: Random): readonly Line[] {
  const line = { sku: oneOf(random, skus), quantity: between(random, 1, 3) };
  return random() < twoParcelShare ? [line, { sku: elsewhere, quantity: 1 }] : [line];
}

/** As the order would be with one parcel: where its parcels would go different ways. */
export const inOneParcel = ({ lines, ...order }: OrderPlan): OrderPlan => ({
  ...order,
  lines: lines.filter(({ sku }) => sku !== elsewhere),
});

export interface Draft {
  readonly seed: number;
  readonly random: Random;
  readonly baskets: readonly OrderPlan[];
}

export type FaultPlan = Partial<Pick<SeedPlan, 'orders' | 'disturbances' | 'scarce'>>;

export const everyFew = ({ baskets }: Draft): number =>
  Math.min(4, Math.max(2, Math.floor(baskets.length / 6)));

/** @param change gets the place among those that are changed, and how many those are */
export function draw(
  { random, baskets }: Draft,
  count: number,
  change: (order: OrderPlan, place: number, count: number) => OrderPlan,
): readonly OrderPlan[] {
  const drawn = shuffled(random, baskets).slice(0, count);
  return baskets.map((order) => {
    const place = drawn.indexOf(order);
    return place === -1 ? order : change(order, place, drawn.length);
  });
}

/** What services publish for each other, from the first to the last step. */
const chain = [
  'order.placed',
  'inventory.reserved',
  'order.confirmed',
  'shipment.created',
  'payment.captured',
] as const;

/**
 * What goes wrong with messages: in half of the orders that are struck with the carrier's, which all
 * arms receive, in the others with those of the services to each other, where nothing keeps them safe.
 */
export const mishaps = (
  draft: Draft,
  kind: MishapKind,
  ofCarrier: (order: OrderPlan, place: number) => OrderPlan,
): readonly OrderPlan[] =>
  draw(draft, 2 * everyFew(draft), (order, place) => {
    if (place % 2 === 0) return ofCarrier(inOneParcel(order), place / 2);
    const nth = draft.seed * everyFew(draft) + (place - 1) / 2;
    return { ...order, mishap: { event: pick(chain, nth), kind } };
  });

const allScans = 3;
const lateMs = 1_500;

/** The first scan alone, which a later one makes up for; or all that the carrier reports. */
export const lost = (order: OrderPlan, place: number): OrderPlan =>
  scans(order, { kind: 'lost', times: place % 2 === 0 ? 1 : allScans });

export const doubled = (order: OrderPlan): OrderPlan =>
  scans(order, { kind: 'duplicate', times: allScans });

/** The first alone comes after those that follow it; all of them keep their order. */
export const late = (order: OrderPlan, times: 1 | 3): OrderPlan =>
  scans(order, { kind: 'late', times, delay_ms: lateMs });

const scans = (order: OrderPlan, fault: Pick<ProviderFault, 'kind' | 'times' | 'delay_ms'>) =>
  withFault(order, 'label', { service: 'carrier', operation: 'webhook', ...fault });

/** A parcel that goes there stays with us, so that a cancel is never too late. */
const silentCity = 'Silent Harbor';

export const cancelledAt = (order: OrderPlan, cancelAt: FactType): OrderPlan => ({
  ...inOneParcel(order),
  city: silentCity,
  cancelAt,
  excuses: ['cancelled'],
});

/** The order with what has to happen to it so that it comes to the step. */
export function comingTo(order: OrderPlan, step: Step): OrderPlan {
  if (step === 'refund') return cancelledAt(order, 'payment.captured');
  if (step !== 'void' && step !== 'release') return order;
  const refused: OrderPlan = { ...inOneParcel(order), excuses: ['refused'] };
  return withFault(refused, 'label', { ...callOf.label, kind: 'refuse' });
}

export const withDeed = (order: OrderPlan, deed: Deed): OrderPlan => ({
  ...order,
  deeds: [...order.deeds, deed],
});

export const withFault = (order: OrderPlan, step: Step, fault: ProviderFault): OrderPlan =>
  withDeed(order, { kind: 'provider', step, fault });

export const callOf = {
  authorize: { service: 'payments', operation: 'authorize' },
  label: { service: 'carrier', operation: 'buy_label' },
  capture: { service: 'payments', operation: 'capture' },
  notify: { service: 'mail', operation: 'send' },
  void: { service: 'payments', operation: 'void' },
  refund: { service: 'payments', operation: 'refund' },
} as const;
