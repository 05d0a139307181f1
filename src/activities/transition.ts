import { asUndo } from './fate.js';
import type { Entry, Ports } from './ports.js';
import type { Told } from './step.js';

/** Writes a change that no step brought about: a signal's, an update's, a timer's, the ending. */
export const transitionActivities = ({ journal }: Pick<Ports, 'journal'>) => ({
  recordTransition: asUndo(async (entry: Entry): Promise<Told<null>> => {
    return { outcome: null, ...(await journal.append(entry)) };
  }),
});
