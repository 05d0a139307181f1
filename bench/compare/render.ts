import { writeComparison } from './data/comparison.js';
import { renderComparison } from './document.js';
import { countEffort } from './effort/count.js';

const docs = new URL('../../../docs/', import.meta.url);
await writeComparison(new URL('compare/', docs), { effort: countEffort() });
await renderComparison(docs);
console.log('docs/orchestration-or-choreography.md and docs/compare/index.html are written.');
