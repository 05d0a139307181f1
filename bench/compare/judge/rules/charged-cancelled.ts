import { isTakenBack, keptMinor, type Evidence } from '../evidence.js';

/** The buyer was told that he gets nothing, and his money was kept. */
export const isChargedButCancelled = (evidence: Evidence): boolean =>
  isTakenBack(evidence) && keptMinor(evidence) > 0;
