import { renderComparison } from './document.js';

await renderComparison(new URL('../../../docs/', import.meta.url));
console.log('docs/orchestration-or-choreography.md and docs/compare/index.html are written.');
