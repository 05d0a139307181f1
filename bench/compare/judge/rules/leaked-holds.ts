import { isEnded, type Evidence } from '../evidence.js';

/** Goods are still set aside for an order that has ended. */
export const leaksHolds = (evidence: Evidence): boolean =>
  isEnded(evidence) && evidence.holds.some(({ state }) => state === 'held');
