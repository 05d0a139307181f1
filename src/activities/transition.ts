import { alwaysRetryable } from './error-classification.js';
import type { Entry, Ports } from './ports.js';
import type { StepResult } from './step.js';

/** Writes a change that no step brought about: a signal's, an update's, a timer's, the ending. */
export const transitionActivities = ({ journal }: Pick<Ports, 'journal'>) => ({
  recordTransition: alwaysRetryable(async (entry: Entry): Promise<StepResult<null>> => {
    return { outcome: null, ...(await journal.append(entry)) };
  }),
});
