import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ClosingLine } from './test/support/closing-line.js';

/** The long files first, so that none of them is left alone at the end. */
const levels = ['.e2e.', '.workflow.', '.replay.', '.int.', '.contract.', '.unit.'];
const levelOf = ({ moduleId }: TestSpecification): number =>
  levels.findIndex((level) => moduleId.includes(level));

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => levelOf(one) - levelOf(other));
  }
}

/** What a test needs beyond its own process: a database, a Temporal server. */
const withServers = { globalSetup: ['test/support/global-setup.ts'] };

const shared = {
  // Two files that load Temporal's native bridge end the process when they share it as threads.
  pool: 'forks' as const,
  // Files share a process and load what they have in common once: a fifth of the run was imports.
  isolate: false,
  testTimeout: 30_000,
  hookTimeout: 120_000,
};

/** One project for files that need servers, for configurations of their own. */
export const serverTests = { ...shared, ...withServers, reporters: ['default', new ClosingLine()] };

const units = ['test/**/*.unit.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    // One more than the cores of a small machine: the files of a whole stack wait more than they work.
    maxWorkers: 3,
    sequence: { sequencer: LongFilesFirst },
    projects: [
      { test: { ...shared, name: 'unit', include: units } },
      {
        test: {
          ...shared,
          ...withServers,
          name: 'servers',
          include: ['test/**/*.test.ts'],
          exclude: units,
        },
      },
    ],
  },
});
