import type { FactType } from '../../../src/domain/facts.js';
import { pick, randomOf } from '../../harness/random.js';
import { faultNames, type FaultName } from '../data/names.js';
import { undoFailsMs } from '../time-scale.js';
import {
  basketsOf,
  callOf,
  cancelledAt,
  comingTo,
  doubled,
  draw,
  everyFew,
  late,
  lost,
  mishaps,
  steps,
  withDeed,
  withFault,
  type Draft,
  type FaultPlan,
} from './orders.js';
import type { Boundary, DisturbanceKind, OrderPlan, ProviderFault, SeedPlan } from './orders.js';

/** Far apart, so that the faults of neighbouring seeds have nothing in common. */
const stride = 7_919;

/** A pure function, the same for all arms. Whatever the fault, the goods are the same. */
export function scheduleOf(seed: number, fault: FaultName, orders: number): SeedPlan {
  const random = randomOf(seed * stride + faultNames.indexOf(fault) + 1);
  const baskets = basketsOf(seed, orders);
  return { seed, orders: baskets, disturbances: [], ...faults[fault]({ seed, random, baskets }) };
}

const neverEndsMs = 600_000;
const slowMs = 1_500;

const faults: Readonly<Record<FaultName, (draft: Draft) => FaultPlan>> = {
  none: () => ({}),
  kill_before_effect: killed('before_effect'),
  kill_after_effect: killed('after_effect'),
  kill_after_commit: killed('after_commit'),
  event_lost: (draft) => ({
    orders: mishaps(draft, 'lost', lost),
    disturbances: [{ kind: 'mute_notifications', afterOrders: 0 }],
  }),
  event_doubled: (draft) => ({
    orders: mishaps(draft, 'doubled', doubled),
    disturbances: at(draft, 'redeliver', [0.5, 0.9]),
  }),
  event_reordered: (draft) => ({
    orders: mishaps(draft, 'reordered', (order) => late(order, 1)),
    disturbances: at(draft, 'redeliver', [0.3, 0.6, 0.9]),
  }),
  event_delayed: (draft) => ({
    orders: mishaps(draft, 'delayed', (order) => late(order, 3)),
    disturbances: at(draft, 'pause_broker', [0.4]),
  }),
  answer_lost: some((order, draft, place) => {
    const step = turn(answered, draft, place);
    return withFault(comingTo(order, step), step, { ...callOf[step], kind: 'drop_response' });
  }),
  undo_fails_for_a_while: undoFails(() => [...moneyBack(undoFailsMs), ...labelBack(undoFailsMs)]),
  undo_fails_for_ever: undoFails((place) =>
    place % 2 === 0 ? moneyBack(neverEndsMs) : labelBack(neverEndsMs),
  ),
  last_item: lastItem,
  poison_message: some((order) => ({
    ...order,
    isPoisoned: true,
    mishap: { event: 'inventory.reserved', kind: 'garbled' },
  })),
  slow_consumer: some((order, draft, place) => {
    const step = turn(slowed, draft, place);
    return withFault(order, step, { ...callOf[step], kind: 'delay', delay_ms: slowMs });
  }),
  cancel_at_each_state: (draft) => ({
    orders: draw(draft, Math.ceil(draft.baskets.length / 2), (order, place) => ({
      ...order,
      cancelAt: turn(cancelMoments, draft, place),
      excuses: ['cancelled'],
    })),
  }),
  broker_restarted: struck('restart_broker'),
  engine_restarted: struck('restart_engine'),
  database_restarted: struck('restart_database'),
  new_version: struck('new_version'),
  card_declined: some((order, draft, place) => ({
    ...order,
    paymentMethod: turn(declinedCards, draft, place),
  })),
};

function some(change: (order: OrderPlan, draft: Draft, place: number) => OrderPlan) {
  return (draft: Draft): FaultPlan => ({
    orders: draw(draft, everyFew(draft), (order, place) => change(order, draft, place)),
  });
}

/** One order in so many; a process that starts again first waits until the dead are known to be dead. */
const ordersPerKill = 15;

function killed(boundary: Boundary) {
  return (draft: Draft): FaultPlan => {
    const kills = Math.max(1, Math.floor(draft.baskets.length / ordersPerKill));
    return {
      orders: draw(draft, kills, (order, place, count) => {
        const step = turn(steps, draft, place, count);
        return withDeed(comingTo(order, step), { kind: 'die', step, boundary });
      }),
    };
  };
}

const answered = ['authorize', 'label', 'capture', 'refund', 'void', 'notify'] as const;

const slowed = ['authorize', 'label', 'notify'] as const;

const undoneMoments = ['payment.captured', 'shipment.created', 'order.confirmed'] as const;

function undoFails(faultsAt: (place: number) => readonly ProviderFault[]) {
  return some((order, draft, place) => ({
    ...cancelledAt(order, turn(undoneMoments, draft, place)),
    beforeCancel: faultsAt(place),
  }));
}

const moneyBack = (forMs: number): readonly ProviderFault[] => [
  { ...callOf.void, kind: 'error_500', for_ms: forMs },
  { ...callOf.refund, kind: 'error_500', for_ms: forMs },
];

const labelBack = (forMs: number): readonly ProviderFault[] => [
  { service: 'carrier', operation: 'void_label', kind: 'error_500', for_ms: forMs },
];

/** A third of the orders, one behind the other, want the same thing, and one in four can have it. */
function lastItem({ seed, baskets }: Draft): FaultPlan {
  const wanting = Math.max(3, Math.ceil(baskets.length / 3));
  const sku = `LAST-${seed}`;
  const short = { lines: [{ sku, quantity: 1 }], excuses: ['short'] } as const;
  return {
    orders: baskets.map((order) => (order.index < wanting ? { ...order, ...short } : order)),
    scarce: { sku, quantity: Math.max(1, Math.floor(wanting / 4)) },
  };
}

const cancelMoments: readonly FactType[] = [
  'order.placed',
  'inventory.reserved',
  'order.confirmed',
  'shipment.created',
  'payment.captured',
  'shipment.handed_over',
  'order.delivered',
];

function struck(kind: DisturbanceKind) {
  return (draft: Draft): FaultPlan => ({
    disturbances: at(draft, kind, [0.3 + 0.3 * draft.random()]),
  });
}

const at = ({ baskets }: Draft, kind: DisturbanceKind, shares: readonly number[]) =>
  shares.map((share) => ({ kind, afterOrders: Math.floor(share * baskets.length) }));

/** Cards that no second try makes good. */
const declinedCards = [
  'pm_card_visa_chargeDeclined',
  'pm_card_visa_chargeDeclinedInsufficientFunds',
  'pm_card_visa_chargeDeclinedLostCard',
  'pm_card_chargeDeclinedExpiredCard',
] as const;

/** Over the seeds each choice has its turn. */
const turn = <Choice>(
  choices: readonly Choice[],
  draft: Draft,
  place: number,
  count = everyFew(draft),
): Choice => pick(choices, draft.seed * count + place);
