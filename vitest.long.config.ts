import { defineConfig } from 'vitest/config';
import { serverTests } from './vitest.config.js';

/** What takes minutes of real time: `npm run test:long`. `npm test` has a short form of each. */
export default defineConfig({
  test: { ...serverTests, include: ['test/long/**/*.long.ts'], maxWorkers: 2 },
});
