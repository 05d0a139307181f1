import type { Run } from '../data/runs.js';
import { isEnded, type Evidence } from './evidence.js';
import { brokenRules, countedRules } from './rules.js';
import { isNotAppliedOnce } from './rules/events-not-once.js';

/** The columns of a run that count orders. */
export type Verdicts = Pick<
  Run,
  keyof typeof countedRules | 'stuck' | 'wrong' | 'waitingForPerson' | 'eventsNotOnce'
>;

/** Neither ended nor known to anybody who could mend it. */
export const isStuck = (evidence: Evidence): boolean =>
  !isEnded(evidence) && evidence.waits.length === 0;

/** Ended, as it says, and some book says otherwise. */
export const isWrong = (evidence: Evidence): boolean =>
  isEnded(evidence) && brokenRules(evidence).length > 0;

export function verdictsOf(orders: readonly Evidence[]): Verdicts {
  const count = (holds: (evidence: Evidence) => boolean): number => orders.filter(holds).length;
  return {
    stuck: count(isStuck),
    wrong: count(isWrong),
    leakedHolds: count(countedRules.leakedHolds),
    chargedCancelled: count(countedRules.chargedCancelled),
    doubleCharges: count(countedRules.doubleCharges),
    oversold: count(countedRules.oversold),
    needlessUndo: count(countedRules.needlessUndo),
    untrueTold: count(countedRules.untrueTold),
    waitingForPerson: count(({ waits }) => waits.length > 0),
    eventsNotOnce: count(isNotAppliedOnce),
  };
}
