import type { Tally } from '../data/runs.js';
import type { Evidence } from './evidence.js';
import { isChargedButCancelled } from './rules/charged-cancelled.js';
import { isChargedTwice } from './rules/double-charges.js';
import { isNotAppliedOnce } from './rules/events-not-once.js';
import { isNotPaidFor } from './rules/goods-for-money.js';
import { leavesLabel } from './rules/label-left.js';
import { leaksHolds } from './rules/leaked-holds.js';
import { isUndoneNeedlessly } from './rules/needless-undo.js';
import { leavesAuthorization } from './rules/open-authorization.js';
import { isOversold } from './rules/oversold.js';
import { isToldUntruth } from './rules/untrue-told.js';

/** @returns whether the order breaks the rule */
export type Rule = (evidence: Evidence) => boolean;

/** Those that are counted by themselves. */
export const countedRules = {
  leakedHolds: leaksHolds,
  chargedCancelled: isChargedButCancelled,
  doubleCharges: isChargedTwice,
  oversold: isOversold,
  needlessUndo: isUndoneNeedlessly,
  untrueTold: isToldUntruth,
} as const satisfies Partial<Record<Tally, Rule>>;

/** Those that only make an order wrong. */
const otherRules = { isNotPaidFor, leavesAuthorization, leavesLabel } as const;

/** The rules of the ledgers that an order breaks, by their names. */
export const brokenRules = (evidence: Evidence): readonly string[] =>
  Object.entries({ ...countedRules, eventsNotOnce: isNotAppliedOnce, ...otherRules })
    .filter(([, isBroken]) => isBroken(evidence))
    .map(([name]) => name);
