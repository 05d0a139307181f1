import { money, wholeUnits, type Money } from './money.js';

/**
 * What a member keeps at the least when points are taken back. Points that he has spent already are
 * the shop's loss: a debt in points could not be collected, only scare the member away.
 */
export const leastBalance = 0;

/** One point for each whole currency unit of the order's total. */
export const pointsFor = (total: Money): number => wholeUnits(total);

/**
 * The points that a return costs: those for what was kept before it, less those for what is kept
 * after it. Returns one behind the other cost together what the whole order gave.
 * @param paid the order's total, as the points were given for it
 * @param before what earlier returns of the order gave back
 * @param returned what this return gives back
 * @throws RangeError when more is given back than was paid
 */
export const pointsLost = (paid: Money, before: Money, returned: Money): number =>
  pointsFor(less(paid, before)) - pointsFor(less(less(paid, before), returned));

const less = ({ amountMinor, currency }: Money, taken: Money): Money =>
  money(amountMinor - taken.amountMinor, currency);
