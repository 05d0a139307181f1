import type { FactType } from '../../../src/domain/facts.js';
import { pick, randomOf } from '../../harness/random.js';
import { faultNames, type FaultName } from '../data/names.js';
import { undoFailsMs } from '../time-scale.js';
import { basketsOf } from './baskets.js';
import {
  callOf,
  cancelledAt,
  comingTo,
  doubled,
  draw,
  everyFew,
  late,
  lost,
  mishaps,
  withDeed,
  type CalledStep,
  type Draft,
  type FaultPlan,
} from './orders.js';
import {
  steps,
  type Boundary,
  type DisturbanceKind,
  type OrderPlan,
  type ProviderFault,
  type SeedPlan,
} from './plans.js';

/** Far apart, so that the faults of neighbouring seeds have nothing in common. */
const stride = 7_919;

/**
 * What happens to the orders of a seed under a fault: a pure function, the same for all arms. Whatever
 * the fault, a seed's orders ask for the same goods.
 */
export function scheduleOf(seed: number, fault: FaultName, orders: number): SeedPlan {
  const random = randomOf(seed * stride + faultNames.indexOf(fault) + 1);
  const baskets = basketsOf(seed, orders);
  return { seed, orders: baskets, disturbances: [], ...faults[fault]({ seed, random, baskets }) };
}

const secondMs = 1_000;
const foreverMs = 600 * secondMs;
const slowMs = 1.5 * secondMs;

/** What each fault makes of a seed's orders. */
const faults: Readonly<Record<FaultName, (draft: Draft) => FaultPlan>> = {
  none: () => ({}),
  kill_before_effect: killed('before_effect'),
  kill_after_effect: killed('after_effect'),
  kill_after_commit: killed('after_commit'),
  event_lost: (draft) => ({
    orders: mishaps(draft, 'lost', (order, place) => lost(order, place)),
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
  answer_lost: (draft) => ({
    orders: draw(draft, everyFew(draft), (order, place) =>
      answerLost(order, turn(answered, draft, place)),
    ),
  }),
  undo_fails_for_a_while: undoFails(() => [...moneyBack(undoFailsMs), ...labelBack(undoFailsMs)]),
  undo_fails_for_ever: undoFails((place) =>
    place % 2 === 0 ? moneyBack(foreverMs) : labelBack(foreverMs),
  ),
  last_item: lastItem,
  poison_message: (draft) => ({
    orders: draw(draft, everyFew(draft), (order) => ({
      ...order,
      isPoisoned: true,
      mishap: { event: 'inventory.reserved', kind: 'garbled' },
    })),
  }),
  slow_consumer: (draft) => ({
    orders: draw(draft, everyFew(draft), (order, place) => slow(order, turn(slowed, draft, place))),
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
  card_declined: (draft) => ({
    orders: draw(draft, everyFew(draft), (order, place) => ({
      ...order,
      paymentMethod: turn(declinedCards, draft, place),
    })),
  }),
};

/** One order in so many; whoever has to start again first waits until the dead are known to be dead. */
const ordersPerKill = 15;

function killed(boundary: Boundary) {
  return (draft: Draft): FaultPlan => ({
    orders: draw(draft, killsOf(draft), (order, place, count) => {
      const step = turn(steps, draft, place, count);
      return withDeed(comingTo(order, step), { kind: 'die', step, boundary });
    }),
  });
}

const killsOf = ({ baskets }: Draft): number =>
  Math.max(1, Math.floor(baskets.length / ordersPerKill));

const answered: readonly CalledStep[] = [
  'authorize',
  'label',
  'capture',
  'refund',
  'void',
  'notify',
];

const answerLost = (order: OrderPlan, step: CalledStep): OrderPlan =>
  withDeed(comingTo(order, step), {
    kind: 'provider',
    step,
    fault: { ...callOf[step], kind: 'drop_response' },
  });

const slowed: readonly CalledStep[] = ['authorize', 'label', 'notify'];

const slow = (order: OrderPlan, step: CalledStep): OrderPlan =>
  withDeed(order, {
    kind: 'provider',
    step,
    fault: { ...callOf[step], kind: 'delay', delay_ms: slowMs },
  });

const undoneMoments: readonly FactType[] = [
  'payment.captured',
  'shipment.created',
  'order.confirmed',
];

function undoFails(faultsAt: (place: number) => readonly ProviderFault[]) {
  return (draft: Draft): FaultPlan => ({
    orders: draw(draft, everyFew(draft), (order, place) => ({
      ...cancelledAt(order, turn(undoneMoments, draft, place)),
      beforeCancel: faultsAt(place),
    })),
  });
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
  return {
    orders: baskets.map((order) =>
      order.index < wanting
        ? { ...order, lines: [{ sku, quantity: 1 }], excuses: ['short'] }
        : order,
    ),
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

/** Once, while some orders are under way and others are still to come. */
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
