import { writeComparison } from './data/comparison.js';
import { countEffort } from './effort/count.js';

await writeComparison(new URL('../../../docs/compare/', import.meta.url), {
  effort: countEffort(),
});
console.log('docs/compare/effort.csv is written.');
