import type { Random } from '../../prove-events/random.js';
import type { OrderPlan, SeedPlan } from './plans.js';

/** The orders of a seed, before anything has happened to them. */
export interface Draft {
  readonly seed: number;
  readonly random: Random;
  readonly baskets: readonly OrderPlan[];
}

/** What a fault changes; the rest of the plan stays. */
export type Trouble = Partial<Pick<SeedPlan, 'orders' | 'disturbances' | 'scarce'>>;

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
  const drawn = baskets
    .map(({ index }) => ({ index, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .slice(0, count)
    .map(({ index }) => index);
  return baskets.map((order) => {
    const place = drawn.indexOf(order.index);
    return place === -1 ? order : change(order, place, drawn.length);
  });
}
