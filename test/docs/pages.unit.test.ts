import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problem, problemBody, type ProblemCode } from '../../src/api/problem.js';
import { knownVariables, relayConfig, supervisorVariables } from '../../src/config.js';
import { retention } from '../../src/db/retention.js';
import { attentionKinds, attentionReasons } from '../../src/domain/attention.js';
import { orderStatuses, transitions } from '../../src/domain/order-state.js';
import { returnRules } from '../../src/domain/returns.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import * as steering from '../../src/domain/commands.js';
import { steeringPage } from '../../tools/steering-page.mjs';
import { referencedVariables } from '../compose/compose-file.js';
import { fencesOf, firstCells, pages, readText, repositoryPath, rowsIn } from './pages.js';

const headingsOf = (file: string) =>
  [...readText(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
const isThere = (file: string) => existsSync(join(repositoryPath, file));
const source = String.raw`((?:src|test|tools|docs|bench|examples)\/[\w./-]+)`;

describe.each(pages)('the page %s', (page) => {
  const text = readText(page);
  const allOf = (pattern: string) => [...text.matchAll(new RegExp(pattern, 'g'))];

  test('links to files and headings that are there', () => {
    for (const [, target] of allOf(String.raw`\]\((?!https?:)([^)\s]+)\)`)) {
      const [path, heading] = target!.split('#');
      const file = path === '' ? page : join(dirname(page), path!);
      expect(isThere(file), target).toBe(true);
      if (heading !== undefined) expect(headingsOf(file), target).toContain(heading);
    }
  });

  test('names only variables that some process reads', () => {
    const read = new Set([...knownVariables, ...supervisorVariables, ...referencedVariables]);
    const constants = ['WAIT_CANCELLATION_COMPLETED', 'TRY_CANCEL'];
    const named = allOf('`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`').map(([, name]) => name!);
    expect(named.filter((name) => !read.has(name) && !constants.includes(name))).toEqual([]);
  });

  test('names only source files that are there', () => {
    const files = allOf(`\`${source}\``).map(([, file]) => file!);
    expect(files.filter((file) => !isThere(file) && !isExample(page, file))).toEqual([]);
  });

  test('names what is in a source file by a name that the file has', () => {
    const named = [
      ...allOf(`\`(\\w+)\` (?:in|of) \`${source}\``).map(([, name, file]) => ({ name, file })),
      ...allOf(`\`${source}\`: \`(\\w+)\``).map(([, file, name]) => ({ name, file })),
    ].filter(({ file }) => statSync(join(repositoryPath, file!)).isFile());
    const isIn = (name: string, file: string) => new RegExp(`\\b${name}\\b`).test(readText(file));
    expect(named.filter(({ name, file }) => !isIn(name!, file!))).toEqual([]);
  });
});

/** What the patch adds of which docs/adding-a-step.md speaks. */
const isExample = (page: string, file: string): boolean =>
  page === 'docs/adding-a-step.md' &&
  readText('docs/compare/evidence/fraud-check-orchestrated.patch').includes(`\n+++ b/${file}\n`);

test('README.md fits on one page of 10 kB', () => {
  expect(Buffer.byteLength(readText('README.md'))).toBeLessThanOrEqual(10_000);
});

test('docs/README.md links to every page of its folder', () => {
  const inFolder = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page) && !/README/.test(page));
  const text = readText('docs/README.md');
  expect(inFolder.filter((page) => !text.includes(`](${page.slice(5)}`))).toEqual([]);
});

test('docs/decisions/README.md lists every decision once', () => {
  const listed = [...readText('docs/decisions/README.md').matchAll(/\]\((\d{4}-[\w-]+\.md)\)/g)];
  const files = readdirSync(join(repositoryPath, 'docs/decisions'));
  const decisions = files.filter((file) => file !== 'README.md').sort();
  expect(listed.map(([, file]) => file)).toEqual(decisions);
});

const days = (ms: number) => ms / 86_400_000;
const minutes = (ms: number) => ms / 60_000;
const { handOver, delivery, returns, undoMs } = standardServiceLevel;

test.each([
  ['docs/runbook.md', `has not got the parcel for ${days(handOver.escalateMs)} days`],
  ['docs/runbook.md', `has not arrived for ${days(delivery.escalateMs)} days`],
  ['docs/runbook.md', `counts as lost after ${days(delivery.giveUpMs)} days`],
  ['docs/runbook.md', `has been tried for ${minutes(undoMs)} minutes`],
  ['docs/returns.md', `After ${days(returns.approveMs)} days of silence`],
  ['docs/returns.md', `${days(returns.arriveMs)} days to send the goods`],
  ['docs/returns.md', `The window is ${days(returns.windowMs)} days`],
  ['docs/returns.md', `still being tried after ${minutes(undoMs)} minutes`],
])('%s gives the deadline of the service level: %s', (page, deadline) => {
  expect(readText(page)).toContain(deadline);
});

test.each([
  ['docs/runbook.md', 'reason for attention', attentionReasons],
  ['docs/architecture.md', 'status of an order', orderStatuses],
  ['docs/returns.md', 'rule by which a person approves a return', Object.keys(returnRules)],
])('%s explains every %s', (page, _what, names) => {
  expect(firstCells(page)).toEqual(expect.arrayContaining([...names]));
});

test('docs/runbook.md offers the choices that each attention item has', () => {
  const rows = rowsIn(readText('docs/runbook.md'));
  for (const reason of attentionReasons) {
    const [, owner, , , choices] = rows.find(([first]) => first === reason)!;
    expect(owner, reason).toBe(attentionKinds[reason].owner);
    expect(choices, reason).toBe(attentionKinds[reason].choices.join(', '));
  }
});

test('docs/production.md has every line of the retention, with its period', () => {
  const defaults = relayConfig({
    DATABASE_URL: 'postgres://127.0.0.1/orders',
    WEBHOOK_SECRET_KEY: 'sixteen characters and more',
  });
  const lines = retention.map(({ what, period, then }) =>
    typeof period === 'number'
      ? [what, String(period), 'fixed', then]
      : [what, String(defaults[period]), period, then],
  );
  const [, section] = readText('docs/production.md').split('## What is kept, and for how long');
  expect(rowsIn(section!.split('\n## ')[0]!).slice(2)).toEqual(lines);
});

test('docs/api.md has every error code with its status and title', () => {
  const codes = [...readText('src/api/problem.ts').matchAll(/^ {2}(\w+): \{ status: \d+/gm)];
  expect(codes.length).toBeGreaterThan(10);
  const expected = codes.map(([, code]) => {
    const { status, title } = problemBody(problem(code as ProblemCode), '');
    return [code, String(status), title];
  });
  const table = rowsIn(readText('docs/api.md').split('## Errors')[1]!);
  expect(table.slice(2)).toEqual(expected);
});

test('docs/api.md has every route', () => {
  const code = readText('src/api/endpoints.ts');
  const paths = [...code.matchAll(/^ {2}'([^']+)': \{([^;]*?)\},$/gm)];
  expect(paths.length).toBeGreaterThan(5);
  const routes = paths.flatMap(([, path, methods]) =>
    (['get', 'post', 'delete'] as const)
      .filter((method) => methods!.includes(`${method}:`))
      .map((method) => `${method.toUpperCase()} ${path!.replace(/:(\w+)/g, '{$1}')}`),
  );
  const listed = firstCells('docs/api.md').filter((cell) => /^(GET|POST|DELETE) \//.test(cell));
  expect([...listed].sort()).toEqual(routes.sort());
});

test('docs/architecture.md draws every move of the status machine and no other', () => {
  const [drawing] = fencesOf('docs/architecture.md', 'mermaid').filter((text) =>
    text.startsWith('stateDiagram'),
  );
  const drawn = [...drawing!.matchAll(/^ +(\w+) --> (\w+)$/gm)].map(([, from, to]) => [from, to]);
  const moves = orderStatuses.flatMap((from) => transitions[from].map((to) => [from, to]));
  expect(drawn.sort()).toEqual(moves.sort());
});

test('docs/steering.md is printed from its table by `npm run docs:steering`', async () => {
  expect(readText('docs/steering.md')).toBe(await steeringPage(steering));
});

const bugs = rowsIn(readText('docs/field-bugs.md')).filter(
  ([bug]) => bug !== 'the bug' && !/^-+$/.test(bug!),
);

/** The tests that a cell links to: their titles, outer ones first, and the file that they are in. */
const testsIn = (cell: string) =>
  [...cell.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+\.test\.ts)\)/g)].map(([, titles, file]) => ({
    titles: titles!.split(' › '),
    file: file!,
  }));

/** The titles of a file's tests and groups, as they are written. */
const titlesIn = (source: string): Set<string> =>
  new Set(
    [...source.matchAll(/\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"([^"\n]*)"),/g)].map(
      ([, single, double]) => single ?? double!,
    ),
  );

test('docs/field-bugs.md names the bugs of the field', () => {
  expect(bugs.length).toBeGreaterThanOrEqual(20);
});

test.each(bugs)(
  'docs/field-bugs.md says where "%s" was seen, and which test guards against it',
  (_bug, seen, rule) => {
    expect(seen).toMatch(/\[[^\]]+\]\(https:\/\/github\.com\/[^)]+\)/);
    const guards = testsIn(rule);
    expect(guards).not.toEqual([]);
    for (const { titles, file } of guards) {
      const known = titlesIn(readText(file));
      expect(
        titles.filter((title) => !known.has(title)),
        file,
      ).toEqual([]);
    }
  },
);
