import { isEnded, sumOf, type Evidence } from '../evidence.js';

/** Money is still set aside on the card for an order that has ended. */
export const leavesAuthorization = (evidence: Evidence): boolean =>
  isEnded(evidence) &&
  sumOf(evidence, 'authorize') - sumOf(evidence, 'capture') - sumOf(evidence, 'void') > 0;
