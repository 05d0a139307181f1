import { writeComparison } from './data/comparison.js';
import { countEffort } from './effort/count.js';

const folder = new URL('../../../docs/compare/', import.meta.url);

const effort = countEffort(new URL('../../../', import.meta.url), new URL('evidence/', folder));
await writeComparison(folder, { effort });
console.log('docs/compare/effort.csv is written.');
