import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/support/closing-line.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new ClosingLine()],
    // Two files that load Temporal's native bridge end the process when they share it as threads.
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
