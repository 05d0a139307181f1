import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../../vitest.config.js';

/** Records the corpus anew: `npm run record-histories`. Only for new endings; old histories stay. */
export default mergeConfig(
  { ...shared, test: { ...shared.test, include: [] } },
  defineConfig({ test: { include: ['test/replay/record.ts'] } }),
);
