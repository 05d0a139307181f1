import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { formatted, withBlocks } from '../pages.js';
import { isWhole, missingFiles, readComparison } from './data/comparison.js';
import { compareBlocks } from './docs/blocks.js';
import { comparisonPage } from './page/page.js';

const documentName = 'orchestration-or-choreography.md';
const page = { name: `docs/${documentName}`, prefix: 'compare' };

/**
 * Writes what `compare/` in the folder of documents says into the document and the page beside it.
 * @param say is told what was written, and what was not there
 */
export async function renderComparison(docs: URL, say: (words: string) => void): Promise<void> {
  const folder = new URL('compare/', docs);
  const comparison = await readComparison(folder);
  const file = fileURLToPath(new URL(documentName, docs));
  const filled = withBlocks(await readFile(file, 'utf8'), page, compareBlocks(comparison));
  await writeFile(file, await formatted(file, filled));
  say(`${page.name} is written.`);
  if (isWhole(comparison)) {
    await writeFile(new URL('index.html', folder), comparisonPage(comparison));
    say('docs/compare/index.html is written.');
  } else {
    say(`No page is written: docs/compare has no ${missingFiles(comparison).join(', ')}.`);
  }
}
