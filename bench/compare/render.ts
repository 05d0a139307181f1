import { renderComparison } from './rendering.js';

await renderComparison(new URL('../../../docs/', import.meta.url), (words) => {
  console.log(words);
});
