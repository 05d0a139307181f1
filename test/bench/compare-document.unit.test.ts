import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeComparison } from '../../bench/compare/data/comparison.js';
import { compareBlocks, renderComparison } from '../../bench/compare/document.js';
import { withBlocks } from '../../bench/harness/markdown.js';
import { useTempFolder } from '../support/temp-folder.js';
import { inventedComparison } from './invented-comparison.js';

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

describe('the document', () => {
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
