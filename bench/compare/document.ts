import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fillPage, markdownTable } from '../harness/markdown.js';
import { readWholeComparison, type Comparison } from './data/comparison.js';
import { variantNames } from './data/names.js';
import { comparisonPage } from './page/page.js';
import { answersOf, type Answer } from './questions/answers.js';
import { shownFigure } from './questions/findings.js';
import { verdictOf } from './questions/verdict.js';
import { boundsOf, conditionsOf, leftOut, type Panel } from './questions/figures.js';

const documentName = 'orchestration-or-choreography.md';
const page = { name: `docs/${documentName}`, prefix: 'compare' };

/** Fills the document, and writes the page beside it. */
export async function renderComparison(docs: URL): Promise<void> {
  const folder = new URL('compare/', docs);
  const comparison = await readWholeComparison(folder);
  const file = fileURLToPath(new URL(documentName, docs));
  const answers = answersOf(comparison);
  await fillPage(file, page, compareBlocks(comparison, answers));
  await writeFile(new URL('index.html', folder), comparisonPage(comparison, answers));
}

const links =
  '[The page with the pictures](compare/index.html) is one file, made of ' +
  '[runs.csv](compare/runs.csv), [cost.csv](compare/cost.csv), ' +
  '[effort.csv](compare/effort.csv) and [conditions.json](compare/conditions.json).';

export function compareBlocks(
  comparison: Comparison,
  answers = answersOf(comparison),
): Readonly<Record<string, string>> {
  const { runs, conditions } = comparison;
  return {
    answer: `${verdict(answers)}\n\n${links}`,
    conditions: plain(conditionsOf(conditions)),
    summary: summary(answers),
    ...Object.fromEntries(answers.map((answer) => [answer.name, answerBlock(answer)])),
    'left-out': bulleted(leftOut(runs)),
    bounds: plain(boundsOf(runs)),
  };
}

const verdict = (answers: readonly Answer[]): string =>
  verdictOf(answers)
    .map(({ style, words }) => `- **${plain(style)}** ${plain(words)}`)
    .join('\n');

function answerBlock({ reading, panels, findings }: Answer): string {
  const words = findings.map(({ measure, words: said }) => `${measure}: ${said}`);
  return [
    plain(reading),
    words.length === 0 ? 'Not measured.' : bulleted(words),
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
