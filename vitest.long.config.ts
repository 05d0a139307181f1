import { defineConfig, mergeConfig } from 'vitest/config';
import shared from './vitest.config.js';

/** What takes minutes of real time: `npm run test:long`. `npm test` has a short form of each. */
export default mergeConfig(
  { ...shared, test: { ...shared.test, include: [] } },
  defineConfig({ test: { include: ['test/long/**/*.long.ts'], maxWorkers: 2 } }),
);
