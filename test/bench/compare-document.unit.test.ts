import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeComparison } from '../../bench/compare/data/comparison.js';
import { compareBlocks, renderComparison } from '../../bench/compare/document.js';
import { comparisonPage } from '../../bench/compare/page/page.js';
import { axisTo, escaped } from '../../bench/compare/page/picture.js';
import { answersOf } from '../../bench/compare/questions/answers.js';
import { withBlocks } from '../../bench/harness/markdown.js';
import { useTempFolder } from '../support/temp-folder.js';
import { inventedComparison, aRun, notApplicable, withRun } from './invented-comparison.js';

const documentName = 'orchestration-or-choreography.md';
const repository = new URL('../../docs/', import.meta.url);
const original = await readFile(new URL(documentName, repository), 'utf8');
const marker = /<!-- compare:(?!end)([\w-]+) -->/g;

const folder = useTempFolder();
let docs: URL;
beforeEach(async () => {
  docs = pathToFileURL(`${folder.path}/`);
  await mkdir(new URL('compare/', docs));
  await writeFile(new URL(documentName, docs), original);
});

const render = () => renderComparison(docs);
const read = (file: string) => readFile(new URL(file, docs), 'utf8');

/** What stands outside of the blocks, without code and the targets of links. */
const proseOf = (text: string) =>
  text
    .replace(/<!-- compare:[\w-]+ -->(?:(?!<!-- compare:)[^])*<!-- compare:end -->/g, '')
    .replace(/`[^`]*`/g, '')
    .replace(/\]\([^)]*\)/g, ']')
    .replace(/^\d+\. /gm, '');

/** Answer first, conditions last, and every question in between. */
const isInOrder = (text: string, first: string, last: string) =>
  text.indexOf(first) < text.indexOf('What is compared') &&
  text.indexOf(last) > text.lastIndexOf('How many commands to find');

describe('the document', () => {
  test('begins with the answer and ends with the conditions', () => {
    expect(isInOrder(original, '<!-- compare:answer', '<!-- compare:conditions')).toBe(true);
  });

  test('has a place for each block, once, and none that nobody fills', () => {
    const places = [...original.matchAll(marker)].map(([, name]) => name!);
    expect([...places].sort()).toEqual(Object.keys(compareBlocks(inventedComparison)).sort());
  });

  test('has no figure outside of its blocks', () => {
    expect(proseOf(original)).not.toMatch(/\d/);
  });

  test('says what the committed figures say', async () => {
    await cp(new URL('compare/', repository), new URL('compare/', docs), { recursive: true });
    await render();
    expect(await read(documentName)).toBe(original);
  });
});

describe('rendering', () => {
  test('fills the document and writes the page, and changes nothing the second time', async () => {
    await writeComparison(new URL('compare/', docs), inventedComparison);
    await render();
    const [text, page] = [await read(documentName), await read('compare/index.html')];
    expect(text).toContain('naive loses');
    expect(text).toContain('(compare/index.html)');
    expect(proseOf(text)).toBe(proseOf(original));
    await render();
    expect(await read(documentName)).toBe(text);
    expect(await read('compare/index.html')).toBe(page);
  });

  test('needs every file of the figures, and writes nothing without', async () => {
    const { runs, effort } = inventedComparison;
    await writeComparison(new URL('compare/', docs), { runs, effort });
    await expect(render()).rejects.toThrow('There is no cost.csv, conditions.json in ');
    expect(await read(documentName)).toBe(original);
    expect(await readdir(new URL('compare/', docs))).toEqual(['effort.csv', 'runs.csv']);
  });

  test('refuses a document without a place for a block', async () => {
    await writeComparison(new URL('compare/', docs), inventedComparison);
    await writeFile(new URL(documentName, docs), original.replace('<!-- compare:cost -->', ''));
    await expect(render()).rejects.toThrow(`docs/${documentName} has no marker compare:cost`);
  });
});

describe('a block', () => {
  const page = { name: 'docs/page.md', prefix: 'compare' };

  test('replaces what stands between its marks, and nothing else', () => {
    const text = 'a\n<!-- compare:one -->\nold\n<!-- compare:end -->\nb';
    expect(withBlocks(text, page, { one: 'costs $& and $1' })).toBe(
      'a\n<!-- compare:one -->\n\ncosts $& and $1\n\n<!-- compare:end -->\nb',
    );
  });

  test('is refused without its end, even if another one has an end', () => {
    const text = '<!-- compare:one -->\n<!-- compare:two -->\n<!-- compare:end -->';
    expect(() => withBlocks(text, page, { one: 'new' })).toThrow('no marker compare:one');
  });

  test('takes no text of the files for a mark or for a cell of its own', () => {
    const timeScale = 'a | b <!-- compare:end -->';
    const conditions = { ...inventedComparison.conditions, timeScale };
    const blocks = compareBlocks({ ...inventedComparison, conditions });
    expect(blocks['conditions']).toContain('a \\| b &lt;!-- compare:end -->');
  });
});

const page = comparisonPage(inventedComparison);
const sectionOf = (html: string, name: string) =>
  new RegExp(`<section id="${name}">.*?</section>`, 's').exec(html)![0];

describe('the page', () => {
  test('has a picture and a table for each question, and says who loses', () => {
    for (const { name } of answersOf(inventedComparison)) {
      const section = sectionOf(page, name);
      expect(section, name).toContain('<svg class="picture" role="img" aria-label="');
      expect(section, name).toContain('<th scope="row">');
      expect(section, name).toMatch(/ loses with | lose: |No arm (clearly )?loses/);
    }
  });

  test('begins with the answer and ends with the conditions', () => {
    expect(isInOrder(page, '<b>A workflow (saga)</b>', 'Taken 2026-01-02')).toBe(true);
  });

  test('keeps a figure on one line with its unit', () => {
    expect(escaped('3 of 1.2 s (4 to 5 %), 6 sellers')).toBe(
      '3 of 1.2&nbsp;s (4 to 5&nbsp;%), 6 sellers',
    );
  });

  test('asks for nothing from outside', () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/https?:|\/\/|@import|url\(|<script|<img|<iframe|\bsrc=/);
    const targets = [...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target!);
    expect(targets.filter((target) => !/^(#\w+|data:,|\w+\.(csv|json))$/.test(target))).toEqual([]);
  });

  test('shows text of the files as text', () => {
    const evil = '<script>alert("1")</script>';
    const html = comparisonPage({
      ...withRun(notApplicable('saga', 'event_lost', evil)),
      conditions: { ...inventedComparison.conditions, timeScale: evil, commit: '"><img>' },
    });
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  });

  test('draws intervals, and in the table gives their ends', () => {
    const section = sectionOf(page, 'wrong');
    expect(section).toMatch(/<line class="interval naive" x1="[\d.]+%" x2="[\d.]+%"/);
    expect(section).toMatch(/<td>\d+\.\d % \(\d+\.\d to \d+\.\d %\)<\/td>/);
  });

  test('draws no interval of what was counted', () => {
    expect(sectionOf(page, 'mend')).not.toContain('class="interval');
  });

  test('says of a row of zeros that it is not drawn, and keeps it in the table', () => {
    const section = sectionOf(page, 'wrong');
    expect(section).toMatch(/Not drawn, .*: nothing goes wrong and the engine restarts\./);
    expect(section).toContain('<th scope="row">nothing goes wrong</th>');
    expect(section).not.toMatch(/class="title"[^>]*>nothing goes wrong</);
  });

  test('says what was not applicable, and why', () => {
    expect(sectionOf(page, 'wrong')).toContain('<td>not applicable</td>');
    expect(sectionOf(page, 'limits')).toContain('outbox, the engine restarts: there is no engine');
  });

  test('does not draw what was not measured', () => {
    const runs = [aRun(), aRun({ arm: 'mix' })];
    const section = sectionOf(comparisonPage({ ...inventedComparison, runs }), 'recovery');
    expect(section).not.toContain('<svg class="picture"');
    expect(section).toContain('Not measured.');
  });
});

describe('an axis', () => {
  test.each([
    [0, [0, 1, 2]],
    [100, [0, 50, 100]],
    [13.3, [0, 8, 16]],
    [1.3, [0, 0.8, 1.6]],
    [7_150, [0, 4_000, 8_000]],
    [0.6, [0, 0.3, 0.6]],
  ])('to %d begins at zero and ends at a round number', (greatest, ticks) => {
    expect(axisTo(greatest).ticks).toEqual(ticks);
  });

  test('leaves nothing outside', () => {
    const axis = axisTo(13.3);
    expect(axis.ticks.map((tick) => axis.at(tick))).toEqual([20, 48, 76]);
    expect(axis.at(13.3)).toBeLessThan(76);
  });
});
