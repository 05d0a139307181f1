import { createActivities } from '../../src/activities/index.js';
import type { Entry, Journal, Ports } from '../../src/activities/ports.js';
import type { RecordedFact } from '../../src/domain/facts.js';

/** The service's own steps, with the status write as an activity of its own. */
export const plainActivities = (ports: Ports) => ({
  ...createActivities({ ...ports, journal: tellsOnly }),
  writeStatus: async (entry: Entry): Promise<void> => {
    await ports.journal.append(entry);
  },
});

export type PlainActivities = ReturnType<typeof plainActivities>;

const tellsOnly: Journal = {
  append: ({ facts, change }) =>
    Promise.resolve({
      facts: facts as readonly RecordedFact[],
      rowRevision: change?.revision ?? 0,
    }),
  appendWith: async (effect, entryOf) => {
    const outcome = await effect;
    return { outcome, ...(await tellsOnly.append(entryOf(outcome))) };
  },
  find: () => Promise.resolve([]),
};
