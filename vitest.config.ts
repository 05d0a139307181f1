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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new ClosingLine()],
    // Two files that load Temporal's native bridge end the process when they share it as threads.
    pool: 'forks',
    // One more than the cores of a small machine: the files of a whole stack wait more than they work.
    maxWorkers: 3,
    sequence: { sequencer: LongFilesFirst },
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
