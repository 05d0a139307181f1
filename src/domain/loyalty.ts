import { less, wholeUnits, type Money } from './money.js';

/**
 * What a member keeps at the least when points are taken back. Points that he has spent already are
 * the shop's loss: a debt in points could not be collected, only scare the member away.
 */
export const leastBalance = 0;

/** One point for each whole currency unit of the order's total. */
export const pointsFor = (total: Money): number => wholeUnits(total);

/**
 * The points that a return costs: those for what was kept before it, less those for what is kept
 * after it. Several returns of one order together cost what the whole order gave.
 * @param kept the order's total, less what earlier returns gave back
 * @throws RangeError when more is returned than was kept
 */
export const pointsLost = (kept: Money, returned: Money): number =>
  pointsFor(kept) - pointsFor(less(kept, returned));
