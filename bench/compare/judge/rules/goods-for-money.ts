import { isEnded, keptMinor, liveParcels, type Evidence } from '../evidence.js';

/** What was kept of the money is not the price of what was sent. */
export const isNotPaidFor = (evidence: Evidence): boolean =>
  isEnded(evidence) && keptMinor(evidence) !== worthMinor(evidence);

/** No order of the comparison is sent in part: something sent is all of it. */
const worthMinor = (evidence: Evidence): number =>
  liveParcels(evidence).some(({ isGone }) => isGone) ? evidence.totalMinor : 0;
