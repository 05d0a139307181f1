import { defineConfig } from 'vitest/config';
import { serverTests } from '../../vitest.config.js';

/**
 * Records the corpus anew: `npm run record-histories`. Until the first release whenever the workflows'
 * commands change; from then on only for new endings, as orders that began before must go on.
 */
export default defineConfig({ test: { ...serverTests, include: ['test/replay/record.ts'] } });
