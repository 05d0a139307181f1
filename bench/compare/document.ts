import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { formatted, markdownTable, withBlocks } from '../harness/markdown.js';
import { isWhole, missingFiles, readComparison, type Comparison } from './data/comparison.js';
import { variantNames } from './data/names.js';
import { comparisonPage } from './page/page.js';
import { answersOf, questionNames, type Answer } from './questions/answers.js';
import { boundsOf, conditionsOf, leftOut } from './questions/conditions.js';
import { shownFigure } from './questions/findings.js';
import type { Panel } from './questions/figures.js';

const documentName = 'orchestration-or-choreography.md';
const page = { name: `docs/${documentName}`, prefix: 'compare' };
const notTaken = 'Not taken yet: npm run compare';

/** Fills the document, and writes the page beside it. @param say gets what was written */
export async function renderComparison(docs: URL, say: (words: string) => void): Promise<void> {
  const folder = new URL('compare/', docs);
  const comparison = await readComparison(folder);
  const answers = answersOf(comparison);
  const file = fileURLToPath(new URL(documentName, docs));
  const filled = withBlocks(await readFile(file, 'utf8'), page, compareBlocks(comparison, answers));
  await writeFile(file, await formatted(file, filled));
  say(`${page.name} is written.`);
  if (isWhole(comparison)) {
    await writeFile(new URL('index.html', folder), comparisonPage(comparison, answers));
    say('docs/compare/index.html is written.');
  } else {
    say(`No page is written: docs/compare has no ${missingFiles(comparison).join(', ')}.`);
  }
}

export function compareBlocks(
  comparison: Partial<Comparison>,
  answers = answersOf(comparison),
): Readonly<Record<string, string>> {
  const { runs, conditions } = comparison;
  const blockOf = (name: string): readonly [string, string] => {
    const answer = answers.find((candidate) => candidate.name === name);
    return [name, answer === undefined ? notTaken : answerBlock(answer)];
  };
  return {
    conditions:
      conditions === undefined ? notTaken : plain(conditionsOf(conditions)) + links(comparison),
    summary: answers.length === 0 ? notTaken : summary(answers),
    ...Object.fromEntries<string>(questionNames.map(blockOf)),
    'left-out': runs === undefined ? notTaken : bulleted(leftOut(runs)),
    bounds: runs === undefined ? notTaken : plain(boundsOf(runs)),
  };
}

const links = (comparison: Partial<Comparison>): string =>
  isWhole(comparison)
    ? '\n\n[The page with the pictures](compare/index.html) is one file, made of ' +
      '[runs.csv](compare/runs.csv), [cost.csv](compare/cost.csv), ' +
      '[effort.csv](compare/effort.csv) and [conditions.json](compare/conditions.json).'
    : '';

function answerBlock({ reading, panels, findings, notes = [] }: Answer): string {
  const words = findings.map(({ measure, words: said }) => `${measure}: ${said}`);
  return [
    plain(reading),
    words.length === 0 ? 'Not measured.' : bulleted(words),
    ...(notes.length === 0 ? [] : ['Where it happened:', bulleted(notes)]),
    ...panels.filter(({ lines }) => lines.length > 0).map(panelTable),
  ].join('\n\n');
}

const panelTable = ({ title, unit, lines }: Panel): string =>
  markdownTable([
    [plain(title), ...variantNames],
    ...lines.map(({ title: measure, figures }) => [
      plain(measure),
      ...variantNames.map((name) => shownFigure(figures[name], unit)),
    ]),
  ]);

const summary = (answers: readonly Answer[]): string =>
  markdownTable([
    ['measure', 'loses', 'best'],
    ...answers.flatMap(({ question, findings }) => [
      [`**${plain(question)}**`, '', ''],
      ...findings.map(({ measure, loses, best }) => [plain(measure), loses, best]),
    ]),
  ]);

const bulleted = (items: readonly string[]): string =>
  items.length === 0 ? 'Nothing.' : items.map((item) => `- ${plain(item)}`).join('\n');

/** Text of the files is text: it neither opens a comment nor ends a cell. */
const plain = (text: string): string =>
  text.replaceAll('<', '&lt;').replaceAll('|', '\\|').replace(/\s+/g, ' ');
