import { basketsOf, inOneParcel, type OrderPlan } from '../compare/schedule/orders.js';
import { between, oneOf, randomOf, type Random } from '../harness/random.js';

/**
 * What happens to the worker once; times count from when the round's first orders were accepted. Stalled
 * (SIGSTOP, and SIGCONT later) the process lives, but neither works nor answers.
 */
interface Disturbance {
  readonly kind: 'stall' | 'kill';
  readonly afterMs: number;
  readonly lastsMs: number;
}

export type CancelBy = 'api' | 'signal';

export interface PlannedOrder {
  readonly basket: OrderPlan;
  /** Below 0: before the round's times begin to count. */
  readonly placedAfterMs: number;
  readonly cancel?: { readonly by: CancelBy; readonly afterMs: number };
}

export interface Round {
  readonly orders: readonly PlannedOrder[];
  readonly disturbance: Disturbance;
}

const shortestStallMs = 600;
const longestStallMs = 20_000;
/** A stall that outlasts a workflow task, of 10 s, is where events were lost; half of them do. */
const outlastingMs = 12_000;
const outlastingShare = 0.5;
/** How long no worker runs after a kill; it starts in a few seconds more. */
const longestRestMs = 1_500;
const killShare = 0.2;
const cancelShare = 0.5;
/** Most orders are placed over this time, so that they are not all at the same step. */
const placingMs = 400;
/** The others are placed while the worker is disturbed. */
const lateShare = 0.1;
const earliestDisturbanceMs = 200;
const latestDisturbanceMs = 1_500;
/** Cancels come until so long after the worker continues. */
const cancelsEndMs = 2_000;
/** So many of them come in the second half of the disturbance, when a task may have timed out. */
const lateCancelShare = 0.5;

export function planRounds(seed: number, orders: number, atOnce: number): readonly Round[] {
  const random = randomOf(seed);
  const baskets = basketsOf(seed, orders);
  return Array.from({ length: Math.ceil(orders / atOnce) }, (_, index) => {
    const disturbance = disturbanceOf(random);
    const some = baskets.slice(index * atOnce, (index + 1) * atOnce);
    return { disturbance, orders: some.map((basket) => plannedOf(random, basket, disturbance)) };
  });
}

function disturbanceOf(random: Random): Disturbance {
  const afterMs = between(random, earliestDisturbanceMs, latestDisturbanceMs);
  if (random() < killShare) {
    return { kind: 'kill', afterMs, lastsMs: between(random, 0, longestRestMs) };
  }
  const leastMs = random() < outlastingShare ? outlastingMs : shortestStallMs;
  return { kind: 'stall', afterMs, lastsMs: between(random, leastMs, longestStallMs) };
}

function plannedOf(random: Random, basket: OrderPlan, disturbance: Disturbance): PlannedOrder {
  const { afterMs: fromMs, lastsMs } = disturbance;
  const endMs = fromMs + lastsMs;
  const placedAfterMs =
    random() < lateShare ? between(random, 0, endMs) : -between(random, 1, placingMs);
  const isCancelled = random() < cancelShare;
  const by = oneOf(random, ['api', 'signal'] as const);
  const cancelMs =
    random() < lateCancelShare
      ? between(random, fromMs + Math.floor(lastsMs / 2), endMs)
      : between(random, 0, endMs + cancelsEndMs);
  if (!isCancelled) return { basket, placedAfterMs };
  // Of two parcels one may have left: then what was sent is not all of the order.
  const cancelled: OrderPlan = { ...inOneParcel(basket), excuses: ['cancelled'] };
  const afterMs = Math.max(placedAfterMs, cancelMs);
  return { basket: cancelled, placedAfterMs, cancel: { by, afterMs } };
}
