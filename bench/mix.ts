import type { FactType } from '../src/domain/facts.js';
import { pick, randomOf, shuffled } from './harness/random.js';

/** The ways that an order of the mix goes, and how many of every twenty orders go each. */
const shares = {
  plain: 14,
  ship_available: 1,
  wait: 1,
  cancelled: 2,
  declined: 1,
  returned: 1,
} as const;
export type Path = keyof typeof shares;
export const paths = Object.keys(shares) as readonly Path[];

export interface Plan {
  readonly path: Path;
  /** The cancel comes when the order's timeline has so many entries. Only `cancelled` has a use for it. */
  readonly cancelAtEntry: number;
}

const deck: readonly Path[] = paths.flatMap((path) => Array<Path>(shares[path]).fill(path));

/** Counted in entries, a moment is as early for a fast variant as for a slow one. */
const lastCancelEntry = 12;

/**
 * The plan of one order: twenty orders in a row have exactly their shares, shuffled.
 * @param index counts the orders from 0; the same index has the same plan in every variant and round
 */
export function planOf(seed: number, index: number): Plan {
  const random = randomOf(seed * 7_919 + Math.floor(index / deck.length));
  const plans = shuffled(random, deck).map((path) => ({
    path,
    cancelAtEntry: 1 + Math.floor(random() * lastCancelEntry),
  }));
  return pick(plans, index);
}

/** The facts that end an order of the mix, or its return. */
export const finalFacts: readonly FactType[] = [
  'order.delivered',
  'order.cancelled',
  'return.completed',
];

export type Ending =
  | 'delivered'
  | 'returned'
  | 'cancelled'
  /** The carrier got the parcel meanwhile, and a person had to fetch it back. */
  | 'cancelled_without_parcel';

/** How an order may end that went its way, and the facts that its timeline then has; the first counts. */
const proofs: Readonly<Record<Path, readonly (readonly [Ending, ...FactType[]])[]>> = {
  plain: [['delivered', 'order.delivered']],
  ship_available: [['delivered', 'order.reduced', 'order.delivered']],
  wait: [['delivered', 'inventory.backordered', 'order.delivered']],
  cancelled: [
    ['cancelled_without_parcel', 'order.cancelled', 'inventory.written_off'],
    ['cancelled', 'order.cancelled'],
    // After the hand-over a cancel is too late.
    ['delivered', 'order.delivered'],
  ],
  declined: [['delivered', 'payment.declined', 'order.delivered']],
  returned: [['returned', 'order.delivered', 'return.completed']],
};

/** @returns undefined when the order did not go the way that it was to go */
export const endingOf = (path: Path, facts: readonly string[]): Ending | undefined =>
  proofs[path].find(([, ...types]) => types.every((type) => facts.includes(type)))?.[0];
