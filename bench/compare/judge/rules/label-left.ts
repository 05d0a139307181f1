import { isEnded, liveParcels, type Evidence } from '../evidence.js';

/** A label was paid for that nobody uses, and nobody has given it back. */
export const leavesLabel = (evidence: Evidence): boolean =>
  isEnded(evidence) && liveParcels(evidence).some(({ isGone }) => !isGone);
