import { renderComparison } from './document.js';

await renderComparison(new URL('../../../docs/', import.meta.url), (words) => {
  console.log(words);
});
