import { wholeUnits, type Money } from './money.js';

/** One point for each whole currency unit of the order's total. */
export const pointsFor = (total: Money): number => wholeUnits(total);
