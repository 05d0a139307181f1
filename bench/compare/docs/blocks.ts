import { markdownTable, type Row } from '../../markdown.js';
import { isWhole, type Comparison } from '../data/comparison.js';
import { armNames } from '../data/names.js';
import type { Answer, Line, Panel } from '../questions/answer.js';
import { answersOf, questionNames } from '../questions/answers.js';
import { boundsOf, conditionsOf, leftOut } from '../questions/circumstances.js';
import { shownFigure } from '../questions/findings.js';

const notTaken = 'Not taken yet: npm run compare';

/** What docs/orchestration-or-choreography.md says between its markers. */
export function compareBlocks(comparison: Partial<Comparison>): Readonly<Record<string, string>> {
  const { runs, conditions } = comparison;
  const answers = answersOf(comparison);
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

/** The page is there when all of its files are. */
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

function panelTable({ title, unit, lines }: Panel): string {
  const row = ({ title: measure, figures }: Line): Row => [
    plain(measure),
    ...armNames.map((arm) => shownFigure(figures[arm], unit)),
  ];
  return markdownTable([[plain(title), ...armNames], ...lines.map(row)]);
}

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
