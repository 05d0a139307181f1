import type { Run } from './data/runs.js';

const nothing = undefined;

/** The row of a cell that does not exist in its arm. */
export const notApplicable = (
  cell: Pick<Run, 'arm' | 'fault' | 'seed' | 'round' | 'applicable'>,
): Run => ({
  ...cell,
  orders: 0,
  stuck: nothing,
  wrong: nothing,
  leakedHolds: nothing,
  chargedCancelled: nothing,
  doubleCharges: nothing,
  oversold: nothing,
  needlessUndo: nothing,
  untrueTold: nothing,
  waitingForPerson: nothing,
  eventsNotOnce: nothing,
  answerP50Ms: nothing,
  answerP95Ms: nothing,
  answerP99Ms: nothing,
  endP50Ms: nothing,
  endP95Ms: nothing,
  endP99Ms: nothing,
  recoveryMs: nothing,
});
