import { faultNames, type FaultName } from './data/names.js';
import { basketsOf } from './schedule/baskets.js';
import type { SeedPlan } from './schedule/plans.js';
import { troubles } from './schedule/troubles.js';
import { randomOf } from '../prove-events/random.js';

/** Far apart, so that the faults of neighbouring seeds have nothing in common. */
const stride = 7_919;

/**
 * What happens to the orders of a seed under a fault: a pure function, the same for all arms. Whatever
 * the fault, a seed's orders ask for the same goods.
 */
export function scheduleOf(seed: number, fault: FaultName, orders: number): SeedPlan {
  const random = randomOf(seed * stride + faultNames.indexOf(fault) + 1);
  const baskets = basketsOf(seed, orders);
  return { seed, orders: baskets, disturbances: [], ...troubles[fault]({ seed, random, baskets }) };
}
